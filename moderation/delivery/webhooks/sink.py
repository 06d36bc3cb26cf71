"""The relay's sink: store a delivery for each webhook that wants an event; send nothing yet."""

from collections.abc import Iterable, Sequence

from moderation.delivery.relay.delivery import Sink
from moderation.delivery.webhooks.deliveries import dispatcher_wakeup
from moderation.delivery.webhooks.formats import EVENTS, body_of
from moderation.lib.prepared_sql import PreparedRows
from moderation.models import OutboxEvent, Webhook, WebhookDelivery

WANTED = frozenset(EVENTS)
# Every tick asks for them.
_active = PreparedRows(
    Webhook,
    lambda args: Webhook.objects.filter(project=args.project, is_active=True),
    project=int,
)


class WebhookSink(Sink):
    """Stores deliveries; whether they arrive is the dispatcher's concern."""

    def wants(self, event: OutboxEvent) -> bool:
        return event.type in WANTED

    def deliver(self, events: Sequence[OutboxEvent]) -> None:
        # The constraint `one_delivery_per_event` skips events that come again.
        rows = list(deliveries_of(events))
        if rows:
            WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
            dispatcher_wakeup.notify()


def deliveries_of(events: Sequence[OutboxEvent]) -> Iterable[WebhookDelivery]:
    """Yield a delivery for each event and each webhook of its project that wants it.

    An event that a decision caused is due when its hold is over (docs/reviews.md).
    """
    listening = {pk: _active(project=pk) for pk in {event.project_id for event in events}}
    for event in events:
        for webhook in listening[event.project_id]:
            if event.type in webhook.events:
                yield WebhookDelivery(
                    webhook=webhook,
                    event_id=event.pk,
                    event_type=event.type,
                    cause=event.cause,
                    body=body_of(event, webhook.format),
                    due_at=event.hold_until or event.created_at,
                    created_at=event.created_at,
                )
