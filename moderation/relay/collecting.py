"""Find what is ready to leave: numbered house events and outside events that are due."""

from datetime import datetime

from django.db.models import Q, QuerySet

from moderation.models import OutboxEvent
from moderation.models.events import Audience
from moderation.relay.delivery import BATCH, Delivery


def numbered_unsent(delivery: Delivery) -> list[OutboxEvent]:
    """Return what was numbered but not sent, because a leader died or a sink failed."""
    unsent = OutboxEvent.objects.filter(
        audience=Audience.HOUSE, seq__isnull=False, sent_at=None
    ).order_by("project_id", "seq")
    return _not_owed(unsent, delivery)


def outside_due(delivery: Delivery, now: datetime) -> list[OutboxEvent]:
    """Return the next outside events whose hold is over; not those a sink is owed already."""
    over = Q(hold_until=None) | Q(hold_until__lte=now)
    due = _outside_unsent().filter(over, cancelled_at=None).order_by("id")
    # Owed events are still unsent: read past them, so that they never hide the others.
    return _not_owed(due[: BATCH + delivery.owed], delivery)


def drop_cancelled(now: datetime) -> int:
    """Close the outside events that were recalled before they left; return how many."""
    cancelled = _outside_unsent().filter(cancelled_at__isnull=False)
    # An update takes SQLite's write lock even where it changes nothing.
    return cancelled.update(sent_at=now) if cancelled.exists() else 0


def _outside_unsent() -> QuerySet[OutboxEvent]:
    return OutboxEvent.objects.filter(audience=Audience.OUTSIDE, sent_at=None)


def _not_owed(events: QuerySet[OutboxEvent], delivery: Delivery) -> list[OutboxEvent]:
    return [event for event in events.select_related("project") if not delivery.owes(event.pk)]
