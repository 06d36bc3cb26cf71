"""Remove content after the policy's retention time, unless it can still be appealed."""

from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from moderation.accounts.audit import write_audit
from moderation.events.stale_hours import mark_stale
from moderation.lib.signed_links import APPEAL_PERIOD
from moderation.models import Ban, Counter, ModerationLog, Project, Status, Strike, SuggestedScore
from moderation.models.events import ALL_TIME
from moderation.pipeline.review_port import review_port
from moderation.rules.active import policy_of

BATCH = 1000
#: Counters `removed_total` and `removed_<status>`: with the existing rows they give the totals.
REMOVED = "removed_"


def removable(project: Project, days: int | None, now: datetime) -> QuerySet[ModerationLog]:
    """Return the content that may be removed: old, decided, and no longer open to appeal.

    days: None means the policy's `retention_days`.
    """
    edge = _edge(project, days, now)
    old = ModerationLog.objects.filter(project=project, created_at__lt=edge, judged_at__lt=edge)
    # The names of relations, because the reviews app stands above this one.
    undecided = (
        Q(status=Status.FLAGGED)
        | Q(pk__in=_log_ids(reviews__status="open"))
        | Q(pk__in=_log_ids(appeals__status="open"))
    )
    restricting = (
        Q(is_approved=False)
        | Q(Exists(Strike.objects.filter(log=OuterRef("pk"))))
        | Q(Exists(Ban.objects.filter(log=OuterRef("pk"))))
    )
    appealable = restricting & Q(judged_at__gte=now - APPEAL_PERIOD)
    return old.exclude(undecided).exclude(appealable)


def _edge(project: Project, days: int | None, now: datetime) -> datetime:
    return now - timedelta(days=days if days is not None else policy_of(project).retention_days)


def _log_ids(**condition: str) -> QuerySet[ModerationLog, Any]:
    return ModerationLog.objects.filter(**condition).values("pk")


def remove_old(project: Project, days: int | None, *, actor: str, now: datetime) -> Iterator[int]:
    """Remove old content and yield the number of rows of each batch.

    Each batch is one transaction, with its counters and its entry in the audit log.
    """
    # Labels hold authors' texts too.
    labels = SuggestedScore.objects.filter(project=project)
    labels.filter(created_at__lt=_edge(project, days, now)).delete()
    while True:
        with transaction.atomic():
            # Everybody locks in the same order; the second to come finds the rows gone.
            old = removable(project, days, now).select_for_update().order_by("created_at", "pk")
            batch = dict(old.values_list("pk", "status")[:BATCH])
            if not batch:
                return
            facts = {"days": days, "removed": remove(project, batch)}
            write_audit(project, actor, "content.removed", project, facts)
        yield len(batch)


def remove(project: Project, batch: Mapping[UUID, str]) -> dict[str, int]:
    """Remove these messages and count them; return the number removed by status.

    batch: message id → status. The caller holds their locks.
    """
    logs = ModerationLog.objects.filter(pk__in=batch)
    moments = {*logs.values_list("created_at", flat=True), *review_port().moments_of(batch)}
    mark_stale(project, moments)
    logs.delete()
    by_status = dict(Tally(batch.values()))
    for name, number in sorted({**by_status, "total": len(batch)}.items()):
        key: dict[str, Any] = {"metric": f"{REMOVED}{name}", "minute": ALL_TIME}
        Counter.objects.bulk_create([Counter(project=project, **key)], ignore_conflicts=True)
        Counter.objects.filter(project=project, **key).update(value=F("value") + number)
    return by_status
