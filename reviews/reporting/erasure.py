"""Erase an author's data, as they may request (GDPR art. 17), and say what remains."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from moderation import rules
from moderation.accounts.audit import write_audit
from moderation.events.event import iso
from moderation.events.outbox import publish
from moderation.events.stale_hours import mark_stale
from moderation.lib.content_keys import ENCRYPTED
from moderation.lib.errors import NotFound
from moderation.models import (
    AuditEntry,
    AuthorStanding,
    Ban,
    ChatStrike,
    LogRevision,
    ModerationLog,
    ModerationTask,
    OutboxEvent,
    Project,
    Strike,
    WebhookDelivery,
    WhitelistedUser,
)
from moderation.models.events import Audience
from moderation.pipeline import retention
from moderation.pipeline.tasks import waiting_of
from moderation.rules.labels import forget_labels
from reviews.models import Appeal, AuthorNote, Report, ReviewItem
from reviews.queue.events import CLOSED, review_event
from reviews.queue.items import close

BATCH = 500
ERASED = "erased"
#: Fields of an event that may hold personal data, besides `user_id`.
PERSONAL_FIELDS = ("content_preview", "username", "meta_data", "reason", "statement")
#: The last sentence of every report.
NOT_SEARCHED = (
    "Not searched: other people's messages that name the author, the history of the rules, which "
    "replays past checks and keeps the whitelist's names, scores that clients suggested for texts "
    "that were not stored as a message, backtest results, the weights of the project's own models "
    "(which hold no texts), exports, backups, and everything that brokers, webhooks and your own "
    "app received."
)


@dataclass
class Erasure:
    """What was erased, by kind, and what remains, with the reasons."""

    erased: dict[str, int] = field(default_factory=dict)
    remains: list[str] = field(default_factory=list)

    def add(self, kind: str, count: int) -> None:
        self.erased[kind] = self.erased.get(kind, 0) + count


def erase_author(project: Project, user_id: str, *, actor: str, now: datetime) -> Erasure:
    """Erase the author from a project; NotFound if nothing about them is stored.

    Erases content in batches. After an interruption, or if the author wrote in the meantime, run it
    again for the rest.
    """
    kinds = (ModerationLog, Strike, Ban, AuthorStanding, WhitelistedUser, Appeal, AuthorNote)
    is_known = any(
        kind._default_manager.filter(project=project, user_id=user_id).exists() for kind in kinds
    )
    is_known = is_known or bool(waiting_of(project, user_id))
    if not is_known and not Report.objects.filter(project=project, reporter_id=user_id).exists():
        raise NotFound(f"nothing is stored of {user_id!r} in {project.slug}")
    erasure = Erasure()
    while count := _erase_contents(project, user_id, erasure, now):
        erasure.add("contents", count)
    _erase_rest(project, user_id, erasure, actor, now)
    erasure.remains = what_remains(project, user_id, now)
    return erasure


@transaction.atomic
def _erase_contents(project: Project, user_id: str, erasure: Erasure, now: datetime) -> int:
    """Delete a batch with its revisions, labels, reviews, decisions, reports and appeals."""
    own = ModerationLog.objects.filter(project=project, user_id=user_id).select_for_update()
    batch = dict(own.order_by("created_at", "pk").values_list("pk", "status")[:BATCH])
    for item in ReviewItem.objects.open().filter(log__in=batch).select_related("project"):
        close(item, now)
        publish(review_event(item, now=now, tally=CLOSED), now=now)
    messages = ModerationLog.objects.filter(pk__in=batch).values("message_id")
    ModerationTask.objects.filter(project=project, message_id__in=messages).delete()
    if batch:
        erasure.add("labels", forget_labels(project, _texts_of(batch)))
        retention.remove(project, batch)
    return len(batch)


def _texts_of(batch: Collection[UUID]) -> set[str]:
    """Return what the messages say now and said before."""
    now = ModerationLog.objects.filter(pk__in=batch).values_list("content", flat=True)
    before = LogRevision.objects.filter(log__in=batch).values_list("content", flat=True)
    return {text for text in (*now, *before) if text}


@transaction.atomic
def _erase_rest(
    project: Project, user_id: str, erasure: Erasure, actor: str, now: datetime
) -> None:
    own: dict[str, Any] = {"project": project, "user_id": user_id}
    waiting = [task.pk for task in waiting_of(project, user_id)]
    erasure.add("tasks", ModerationTask.objects.filter(pk__in=waiting).delete()[0])
    active = Ban.objects.filter(**own).active(now).values("pk")
    _mark_hours(project, own)
    erasure.add("strikes", Strike.objects.filter(**own).delete()[0])
    erasure.add("strikes", ChatStrike.objects.filter(**own).delete()[0])
    erasure.add("notes", AuthorNote.objects.filter(**own).delete()[0])
    erasure.add("appeals", Appeal.objects.filter(**own).delete()[0])
    ended = Ban.objects.filter(**own).exclude(pk__in=list(active.values_list("pk", flat=True)))
    erasure.add("bans", ended.delete()[0])
    erasure.add("standings", AuthorStanding.objects.filter(**own).delete()[0])
    for trusted in WhitelistedUser.objects.filter(**own).select_related("project"):
        rules.distrust_author(trusted, actor)
        erasure.add("whitelist", 1)

    # Keep the fact that somebody reported others' content, but not who, nor their words.
    reports = list(Report.objects.filter(project=project, reporter_id=user_id))
    for report in reports:
        report.reporter_id, report.note = f"{ERASED}-{report.pk}", ""
    Report.objects.bulk_update(reports, ["reporter_id", "note"], batch_size=BATCH)
    erasure.add("reports", len(reports))

    # Events kept for replay keep their numbers, so that readers see no gap, but lose their content.
    events = list(_events(project, user_id).exclude(audience=Audience.EXTERNAL, sent_at=None))
    for event in events:
        event.data = {
            name: type(value)() if name in PERSONAL_FIELDS and value is not None else value
            for name, value in event.data.items()
        } | {"user_id": ERASED}
    OutboxEvent.objects.bulk_update(events, ["data"], batch_size=BATCH)
    erasure.add("events", len(events))

    deliveries = _deliveries(project, user_id).exclude(status="pending")
    erasure.add("deliveries", deliveries.delete()[0])
    # The audit log cannot be altered, so it gets no name: the hash shows whether an id was erased.
    name = hashlib.sha256(user_id.encode()).hexdigest()[:16]
    write_audit(project, actor, "author.erased", f"author:{name}", dict(erasure.erased), now=now)


def _mark_hours(project: Project, own: dict[str, Any]) -> None:
    """Have the figures added up again that count the author's strikes, bans and appeals."""
    appeals = Appeal.objects.filter(**own)
    moments = {
        *Strike.objects.filter(**own).values_list("given_at", flat=True),
        *Ban.objects.filter(**own).values_list("issued_at", flat=True),
        *appeals.values_list("created_at", flat=True),
        *(at for at in appeals.values_list("decided_at", flat=True) if at),
    }
    mark_stale(project, moments)


def _events(project: Project, user_id: str) -> QuerySet[OutboxEvent]:
    return OutboxEvent.objects.filter(project=project, data__user_id=user_id)


def _deliveries(project: Project, user_id: str) -> QuerySet[WebhookDelivery]:
    names = (json.dumps(user_id), f"`{user_id}`")
    deliveries = WebhookDelivery.objects.filter(webhook__project=project)
    encrypted = deliveries.filter(body__startswith=ENCRYPTED).values_list("pk", "body")
    found = [
        pk
        for pk, body in encrypted.iterator(chunk_size=BATCH)
        if any(name in body for name in names)
    ]
    plain = Q(body__contains=names[0]) | Q(body__contains=names[1])
    return deliveries.filter(plain | Q(pk__in=found))


def what_remains(project: Project, user_id: str, now: datetime) -> list[str]:
    """Say in sentences what is still stored about the author, and why."""
    sentences = [
        f"The ban in {ban.channel_id or 'the whole project'} holds until "
        f"{iso(ban.expires_at) or 'it is lifted'} and needs the author's id: erase again after it."
        for ban in Ban.objects.filter(project=project, user_id=user_id).active(now)
    ]
    audited = AuditEntry.objects.filter(project=project)
    entries = audited.filter(Q(object_id=user_id) | Q(data__user_id=user_id)).count()
    if entries:
        sentences.append(f"{entries} audit entries name the author: the log is never altered.")
    pending = _events(project, user_id).count() + _deliveries(project, user_id).count()
    if pending:
        sentences.append(f"{pending} events are not sent yet: erase again once they are.")
    return [*sentences, NOT_SEARCHED]
