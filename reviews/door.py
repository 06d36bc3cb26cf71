"""The door that settings name: what the pipeline and the pages ask of the reviews."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from moderation.events import Event
from moderation.models import ModerationLog
from reviews import queue
from reviews.duty import on_duty, queue_figures
from reviews.models import Decision
from reviews.notices import CLOSED, OPENED, UNCHANGED, review_event

__all__ = [
    "current_review_id",
    "on_duty",
    "open_item",
    "queue_figures",
    "undone",
    "withdraw_item",
]


def open_item(log: ModerationLog, now: datetime) -> tuple[UUID, Event | None]:
    """Open or join the content's item; return its id and the event to publish.

    Must run inside `transaction.atomic()`, after the author and the log were locked.
    """
    item, is_new = queue.open_item(log, now=now)
    tally = OPENED if is_new else UNCHANGED
    return item.pk, review_event(item, now=now, tally=tally)


def current_review_id(log: ModerationLog) -> UUID | None:
    """Return the id of the content's open item."""
    item = queue.current_item(log)
    return item.pk if item else None


def withdraw_item(log: ModerationLog, now: datetime) -> Event | None:
    """Close the item that an edit made needless; None if it stays or there is none."""
    item = queue.withdraw_item(log, now)
    return review_event(item, now=now, tally=CLOSED) if item else None


def undone(causes: Collection[UUID]) -> dict[UUID, datetime]:
    """Return which of these decisions were taken back, and when."""
    found = Decision.objects.filter(pk__in=causes).values_list("pk", "undone_at")
    return {pk: undone_at for pk, undone_at in found if undone_at}
