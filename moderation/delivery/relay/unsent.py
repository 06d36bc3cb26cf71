"""Find the events that are ready to send: numbered internal ones and external ones that are due."""

from datetime import datetime

from django.db.models import Q, QuerySet, prefetch_related_objects

from moderation.delivery.relay.delivery import BATCH, Delivery
from moderation.lib.prepared_sql import PreparedRows
from moderation.models import OutboxEvent
from moderation.models.events import Audience


def numbered_unsent(delivery: Delivery) -> list[OutboxEvent]:
    """Return what was numbered but not sent, because a leader died or a sink failed."""
    unsent = OutboxEvent.objects.filter(
        audience=Audience.INTERNAL, seq__isnull=False, sent_at=None
    ).order_by("project_id", "seq")
    return _not_pending(unsent, delivery)


def external_due(delivery: Delivery, now: datetime) -> list[OutboxEvent]:
    """Return the next external events that were cancelled or whose hold is over.

    Leaves out those that wait for a sink already.
    """
    if delivery.pending:
        # Pending events are still unsent: read past their ids, so that they never hide the others.
        ids = due_for_outside(now).values_list("id", flat=True)[: BATCH + delivery.pending]
        new = [id_ for id_ in ids if not delivery.waits(id_)][:BATCH]
        return list(OutboxEvent.objects.filter(pk__in=new).select_related("project").order_by("id"))
    events = _next_due(now=now)
    if events:
        prefetch_related_objects(events, "project")
    return events


def due_for_outside(now: datetime) -> QuerySet[OutboxEvent]:
    unsent = OutboxEvent.objects.filter(audience=Audience.EXTERNAL, sent_at=None)
    due = Q(hold_until=None) | Q(hold_until__lte=now) | Q(cancelled_at__isnull=False)
    return unsent.filter(due).order_by("id")


_next_due = PreparedRows(OutboxEvent, lambda args: due_for_outside(args.now)[:BATCH], now=datetime)


def _not_pending(events: QuerySet[OutboxEvent], delivery: Delivery) -> list[OutboxEvent]:
    return [event for event in events.select_related("project") if not delivery.waits(event.pk)]
