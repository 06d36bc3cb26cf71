"""Publish events: write rows in the caller's transaction, which the relay then sends."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from moderation.events.event import Event
from moderation.events.wakeup import relay_wakeup
from moderation.lib.instances import Instances
from moderation.lib.prepared_insert import PreparedInsert
from moderation.models import OutboxEvent
from moderation.models.events import Audience

_events = Instances(OutboxEvent)
insert_events = PreparedInsert(OutboxEvent)


def publish(*events: Event, now: datetime | None = None) -> None:
    """Store the events and wake the relay once the caller's transaction commits.

    now: when it happened; the counters count it in that minute.
    Must run inside `transaction.atomic()`, so that an event exists exactly if its cause does.
    """
    if events:
        insert_events(*rows_of(events, now or timezone.now()))
        wake_relay()


def rows_of(events: Iterable[Event], now: datetime) -> list[OutboxEvent]:
    """Return the events' rows, for a caller that stores them with others and wakes the relay."""
    return [
        _events.make(
            {
                "project_id": event.project.pk,
                "audience": event.audience,
                "type": event.type,
                "data": dict(event.data),
                "tally": dict(event.tally),
                "cause": event.cause.decision if event.cause else None,
                "hold_until": event.cause.hold_until if event.cause else None,
                "created_at": now,
            }
        )
        for event in events
    ]


def wake_relay() -> None:
    """Wake the relay once the caller's transaction commits."""
    transaction.on_commit(relay_wakeup.notify, robust=True)


def cancel_pending(decision: UUID, now: datetime) -> int:
    """Cancel a decision's events that no external sink has received yet; return how many."""
    pending = OutboxEvent.objects.filter(
        cause=decision, audience=Audience.EXTERNAL, sent_at=None, cancelled_at=None
    )
    return pending.update(cancelled_at=now)
