"""The door through which every event leaves: rows written in the caller's transaction."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from moderation import wake
from moderation.events import Event
from moderation.models import OutboxEvent


def publish(*events: Event) -> None:
    """Store the events and wake the relay once the caller's transaction commits.

    Must run inside `transaction.atomic()`, so that an event exists exactly if its cause does.
    """
    if not events:
        return
    OutboxEvent.objects.bulk_create(_rows(events))
    # A plain function: Django names a failed robust hook by its __qualname__; a partial has none.
    transaction.on_commit(wake.ring, robust=True)


def recall(cause: UUID) -> int:
    """Cancel what a decision caused and has not left the house yet; return how many events."""
    waiting = OutboxEvent.objects.filter(
        cause=cause, audience="outside", sent_at=None, cancelled_at=None
    )
    return waiting.update(cancelled_at=timezone.now())


def _rows(events: Iterable[Event]) -> list[OutboxEvent]:
    return [
        OutboxEvent(
            project=event.project,
            audience=event.audience,
            type=event.type,
            data=dict(event.data),
            tally=dict(event.tally),
            cause=event.cause,
            hold_until=event.hold_until,
        )
        for event in events
    ]
