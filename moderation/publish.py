"""The door through which every event leaves: rows written in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from moderation import wake
from moderation.events import Event
from moderation.models import OutboxEvent
from moderation.statements import PreparedInsert

_insert = PreparedInsert(OutboxEvent)


def publish(*events: Event, now: datetime | None = None) -> None:
    """Store the events and wake the relay once the caller's transaction commits.

    now: when it happened, which is also the minute in which the counters count it.
    Must run inside `transaction.atomic()`, so that an event exists exactly if its cause does.
    """
    if not events:
        return
    _insert(*_rows(events, now or timezone.now()))
    # A plain function: Django names a failed robust hook by its __qualname__; a partial has none.
    transaction.on_commit(wake.ring, robust=True)


def recall(cause: UUID, now: datetime) -> int:
    """Cancel what a decision caused and has not left the house yet; return how many events."""
    waiting = OutboxEvent.objects.filter(
        cause=cause, audience="outside", sent_at=None, cancelled_at=None
    )
    return waiting.update(cancelled_at=now)


def _rows(events: Iterable[Event], now: datetime) -> list[OutboxEvent]:
    return [
        OutboxEvent(
            project=event.project,
            audience=event.audience,
            type=event.type,
            data=dict(event.data),
            tally=dict(event.tally),
            cause=event.cause,
            hold_until=event.hold_until,
            created_at=now,
        )
        for event in events
    ]
