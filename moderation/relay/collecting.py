"""Find what is ready to leave: numbered house events and outside events that are due."""

from datetime import datetime

from django.db.models import Q, QuerySet, prefetch_related_objects

from moderation.models import OutboxEvent
from moderation.models.events import Audience
from moderation.relay.delivery import BATCH, Delivery
from moderation.statements import PreparedRows


def numbered_unsent(delivery: Delivery) -> list[OutboxEvent]:
    """Return what was numbered but not sent, because a leader died or a sink failed."""
    unsent = OutboxEvent.objects.filter(
        audience=Audience.HOUSE, seq__isnull=False, sent_at=None
    ).order_by("project_id", "seq")
    return _not_owed(unsent, delivery)


def outside_pending(delivery: Delivery, now: datetime) -> list[OutboxEvent]:
    """Return the next outside events that were recalled or whose hold is over.

    Not those that a sink is owed already.
    """
    if not delivery.owed:
        return _with_projects(_pending(now=now))
    # Owed events are still unsent: read past them, so that they never hide the others.
    return _not_owed(_over(now)[: BATCH + delivery.owed], delivery)


def _over(now: datetime) -> QuerySet[OutboxEvent]:
    unsent = OutboxEvent.objects.filter(audience=Audience.OUTSIDE, sent_at=None)
    over = Q(hold_until=None) | Q(hold_until__lte=now) | Q(cancelled_at__isnull=False)
    return unsent.filter(over).order_by("id")


_pending = PreparedRows(OutboxEvent, lambda of: _over(of.now)[:BATCH], now=datetime)


def _not_owed(events: QuerySet[OutboxEvent], delivery: Delivery) -> list[OutboxEvent]:
    return [event for event in events.select_related("project") if not delivery.owes(event.pk)]


def _with_projects(events: list[OutboxEvent]) -> list[OutboxEvent]:
    if events:
        prefetch_related_objects(events, "project")
    return events
