"""The review port that settings name: what moderation asks of the reviews app."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from moderation.events.event import Event
from moderation.models import ModerationLog
from moderation.pipeline.writes import Writes
from reviews.models import Appeal, Decision, DecisionKind, Report, ReviewItem
from reviews.queue import items
from reviews.queue.active_moderators import active_moderators, queue_figures
from reviews.queue.events import CLOSED, OPENED, UNCHANGED, review_event
from reviews.queue.items import current_item

__all__ = [
    "active_moderators",
    "current_review_id",
    "is_rejected",
    "moments_of",
    "open_item",
    "queue_figures",
    "undone_decisions",
    "withdraw_item",
]


def open_item(
    log: ModerationLog, now: datetime, writes: Writes | None = None
) -> tuple[UUID, Event | None]:
    """Open or join the content's item; return its id and the event to publish.

    writes: what stores the item of a new log together with that log.
    Must run inside `transaction.atomic()`, with the author and the log locked.
    """
    item, is_new = items.open_item(log, now=now, writes=writes)
    tally = OPENED if is_new else UNCHANGED
    return item.pk, review_event(item, now=now, tally=tally)


def current_review_id(log: ModerationLog) -> UUID | None:
    """Return the id of the content's open item."""
    item = current_item(log)
    return item.pk if item else None


def is_rejected(log: ModerationLog) -> bool:
    """Say whether the last decision on the content, if not undone, rejected it."""
    decisions = Decision.objects.in_effect().filter(review__log=log)
    rulings = decisions.order_by("-decided_at").values_list("ruling", flat=True)
    return rulings.first() == DecisionKind.REJECT


def withdraw_item(log: ModerationLog, now: datetime) -> Event | None:
    """Close the item if an edit made it needless; None if nothing was closed."""
    item = items.withdraw_item(log, now)
    return review_event(item, now=now, tally=CLOSED) if item else None


def undone_decisions(causes: Collection[UUID]) -> dict[UUID, datetime]:
    """Return those of the decisions that were undone, with when."""
    undone = Decision.objects.filter(pk__in=causes, undone_at__isnull=False)
    return {pk: at for pk, at in undone.values_list("pk", "undone_at") if at}


def moments_of(logs: Collection[UUID]) -> list[datetime]:
    """Return when something about these contents was decided, closed, reported or appealed."""
    appeals = Appeal.objects.filter(log__in=logs).order_by()
    closed = ReviewItem.objects.decided().filter(log__in=logs).values_list("decided_at")
    moments = closed.union(
        Decision.objects.filter(review__log__in=logs).order_by().values_list("decided_at"),
        Report.objects.filter(log__in=logs).order_by().values_list("created_at"),
        appeals.values_list("created_at"),
        appeals.filter(decided_at__isnull=False).values_list("decided_at"),
    )
    return [moment for (moment,) in moments if moment]
