"""Erase what is stored of an author, as they may ask (GDPR art. 17), and name what remains."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from moderation import retention, rules
from moderation.audit import write_audit
from moderation.errors import NotFound
from moderation.events import iso
from moderation.models import (
    AuditEntry,
    AuthorStanding,
    Ban,
    ChatStrike,
    ModerationLog,
    ModerationTask,
    OutboxEvent,
    Project,
    Strike,
    WebhookDelivery,
    WhitelistedUser,
)
from moderation.publish import publish
from reviews.models import Appeal, Report, ReviewItem
from reviews.notices import CLOSED, review_event
from reviews.queue import close

BATCH = 500
ERASED = "erased"
#: What an event may say of an author besides who they are.
TELLING = ("content_preview", "username", "meta_data", "reason", "statement")


#: Said each time.
NOT_SEARCHED = (
    "Not searched: messages of others that name the author, the rules' history by which past "
    "checks are replayed (it names whom the whitelist named), results of backtests, the weights of "
    "the project's own models (which hold no texts), exports, backups, and what brokers, webhooks "
    "and your own app received."
)


@dataclass
class Erasure:
    """What was erased, by kind, and what stays for which reason."""

    erased: dict[str, int] = field(default_factory=dict)
    remains: list[str] = field(default_factory=list)

    def add(self, kind: str, count: int) -> None:
        self.erased[kind] = self.erased.get(kind, 0) + count


def erase_author(project: Project, user_id: str, *, actor: str, now: datetime) -> Erasure:
    """Erase the author from a project; NotFound if nothing is known of them.

    Content goes batch by batch; to run it again after an interruption, or because the author wrote
    meanwhile, does the rest.
    """
    if not _is_known(project, user_id):
        raise NotFound(f"nothing is stored of {user_id!r} in {project.slug}")
    done = Erasure()
    while count := _erase_contents(project, user_id, now):
        done.add("contents", count)
    _erase_rest(project, user_id, done, actor, now)
    done.remains = what_remains(project, user_id, now)
    return done


def _is_known(project: Project, user_id: str) -> bool:
    own = {"project": project, "user_id": user_id}
    kinds = (ModerationLog, Strike, Ban, AuthorStanding, WhitelistedUser, Appeal)
    if any(kind._default_manager.filter(**own).exists() for kind in kinds):
        return True
    return Report.objects.filter(project=project, reporter_id=user_id).exists()


@transaction.atomic
def _erase_contents(project: Project, user_id: str, now: datetime) -> int:
    """Remove a batch with all that hangs on it: revisions, reviews, decisions, reports, appeals."""
    own = ModerationLog.objects.filter(project=project, user_id=user_id).select_for_update()
    batch = dict(own.order_by("created_at", "pk").values_list("pk", "status")[:BATCH])
    for item in ReviewItem.objects.open().filter(log__in=batch).select_related("project"):
        close(item, now)
        publish(review_event(item, now=now, tally=CLOSED), now=now)
    messages = ModerationLog.objects.filter(pk__in=batch).values("message_id")
    ModerationTask.objects.filter(project=project, message_id__in=messages).delete()
    if batch:
        retention.remove(project, batch)
    return len(batch)


@transaction.atomic
def _erase_rest(project: Project, user_id: str, done: Erasure, actor: str, now: datetime) -> None:
    own: dict[str, Any] = {"project": project, "user_id": user_id}
    in_force = Ban.objects.filter(**own).active(now).values("pk")
    done.add("strikes", Strike.objects.filter(**own).delete()[0])
    done.add("strikes", ChatStrike.objects.filter(**own).delete()[0])
    done.add("appeals", Appeal.objects.filter(**own).delete()[0])
    ended = Ban.objects.filter(**own).exclude(pk__in=list(in_force.values_list("pk", flat=True)))
    done.add("bans", ended.delete()[0])
    done.add("standings", AuthorStanding.objects.filter(**own).delete()[0])
    for trusted in WhitelistedUser.objects.filter(**own).select_related("project"):
        rules.distrust_author(trusted, actor)
        done.add("whitelist", 1)
    done.add("reports", _unname_reports(project, user_id))
    done.add("events", _unname_events(project, user_id))
    done.add("deliveries", _told(project, user_id).exclude(status="pending").delete()[0])
    # The name would stand in the log that may not be altered: its hash tells who asks again.
    name = hashlib.sha256(user_id.encode()).hexdigest()[:16]
    write_audit(project, actor, "author.erased", f"author:{name}", dict(done.erased), now=now)


def _unname_reports(project: Project, user_id: str) -> int:
    """Keep that somebody reported content of others, not who, nor in which words."""
    reports = list(Report.objects.filter(project=project, reporter_id=user_id))
    for report in reports:
        report.reporter_id, report.note = f"{ERASED}-{report.pk}", ""
    Report.objects.bulk_update(reports, ["reporter_id", "note"], batch_size=BATCH)
    return len(reports)


def _unname_events(project: Project, user_id: str) -> int:
    """Empty the events that are kept for replay; their numbers stay, so that readers miss none."""
    events = list(_events(project, user_id).exclude(audience="outside", sent_at=None))
    for event in events:
        event.data = {name: _emptied(name, value) for name, value in event.data.items()}
    OutboxEvent.objects.bulk_update(events, ["data"], batch_size=BATCH)
    return len(events)


def _emptied(name: str, value: Any) -> Any:
    if name == "user_id":
        return ERASED
    return type(value)() if name in TELLING and value is not None else value


def _events(project: Project, user_id: str) -> Any:
    return OutboxEvent.objects.filter(project=project, data__user_id=user_id)


def _told(project: Project, user_id: str) -> Any:
    quoted = json.dumps(user_id)
    deliveries = WebhookDelivery.objects.filter(webhook__project=project)
    return deliveries.filter(Q(body__contains=quoted) | Q(body__contains=f"`{user_id}`"))


# --- What remains


def what_remains(project: Project, user_id: str, now: datetime) -> list[str]:
    """Say in sentences what is still stored of the author, and why."""
    own: dict[str, Any] = {"project": project, "user_id": user_id}
    told = [
        f"The ban in {ban.channel_id or 'the whole project'} holds until "
        f"{iso(ban.expires_at) or 'it is lifted'} and needs the author's id: erase again after it."
        for ban in Ban.objects.filter(**own).active(now)
    ]
    audited = AuditEntry.objects.filter(project=project)
    entries = audited.filter(Q(object_id=user_id) | Q(data__user_id=user_id)).count()
    if entries:
        told.append(f"{entries} audit entries name the author: the log is never altered.")
    waiting = _events(project, user_id).count() + _told(project, user_id).count()
    if waiting:
        told.append(f"{waiting} events wait to be sent outside: erase again once they are.")
    return [*told, NOT_SEARCHED]
