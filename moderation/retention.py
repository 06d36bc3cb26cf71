"""Remove content once its retention is over; what can still be appealed stays."""

from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from moderation import queries
from moderation.audit import write_audit
from moderation.models import Ban, Counter, ModerationLog, Project, Status, Strike, SuggestedScore
from moderation.models.events import ALL_TIME
from moderation.redress import APPEAL_PERIOD

BATCH = 1000
#: Counters `removed_total` and `removed_<status>`: rows that exist + removed = the totals.
REMOVED = "removed_"


def removable(project: Project, days: int | None, now: datetime) -> QuerySet[ModerationLog]:
    """Return the content that may go; days None means the policy's `retention_days`."""
    edge = _edge(project, days, now)
    old = ModerationLog.objects.filter(project=project, created_at__lt=edge, judged_at__lt=edge)
    return old.exclude(_waiting()).exclude(_appealable(now))


def _edge(project: Project, days: int | None, now: datetime) -> datetime:
    return now - timedelta(
        days=days if days is not None else queries.policy_of(project).retention_days
    )


def _waiting() -> Q:
    """Match what a person has yet to rule on.

    Reviews and appeals by the names of their relations: the app that keeps them stands above.
    """
    flagged = Q(status=Status.FLAGGED)
    open_review = Q(pk__in=_logs(reviews__status="open"))
    return flagged | open_review | Q(pk__in=_logs(appeals__status="open"))


def _logs(**condition: str) -> QuerySet[ModerationLog, Any]:
    return ModerationLog.objects.filter(**condition).values("pk")


def _appealable(now: datetime) -> Q:
    strikes = Strike.objects.filter(log=OuterRef("pk"))
    bans = Ban.objects.filter(log=OuterRef("pk"))
    restricted = Q(is_approved=False) | Q(Exists(strikes)) | Q(Exists(bans))
    return restricted & Q(judged_at__gte=now - APPEAL_PERIOD)


def remove_old(project: Project, days: int | None, *, actor: str, now: datetime) -> Iterator[int]:
    """Remove what may go, batch by batch; yield how many rows each took.

    Each batch is one transaction with its counters and its row of the audit log.
    """
    _remove_labels(project, days, now)
    while removed := _remove_batch(project, days, actor, now):
        yield removed


def _remove_labels(project: Project, days: int | None, now: datetime) -> None:
    """Remove the texts that clients sent as labels: they are authors' words as well."""
    edge = _edge(project, days, now)
    SuggestedScore.objects.filter(project=project, created_at__lt=edge).delete()


@transaction.atomic
def _remove_batch(project: Project, days: int | None, actor: str, now: datetime) -> int:
    # Locked in one order; whoever comes second finds the rows gone.
    oldest = removable(project, days, now).select_for_update().order_by("created_at", "pk")
    batch = dict(oldest.values_list("pk", "status")[:BATCH])
    if not batch:
        return 0
    removed = remove(project, batch)
    write_audit(project, actor, "content.removed", project, {"days": days, "removed": removed})
    return len(batch)


def remove(project: Project, batch: Mapping[UUID, str]) -> dict[str, int]:
    """Remove contents, given with their status, and count them; return how many of each status.

    The caller holds their locks.
    """
    ModerationLog.objects.filter(pk__in=batch).delete()
    removed = dict(Tally(batch.values()))
    _count(project, {**removed, "total": len(batch)})
    return removed


def _count(project: Project, removed: Mapping[str, int]) -> None:
    for name, number in sorted(removed.items()):
        key: dict[str, Any] = {"metric": f"{REMOVED}{name}", "minute": ALL_TIME}
        Counter.objects.bulk_create([Counter(project=project, **key)], ignore_conflicts=True)
        Counter.objects.filter(project=project, **key).update(value=F("value") + number)
