"""The relay's sink: each event becomes a row for each webhook that wants it, and no call."""

from collections.abc import Iterable, Sequence

from moderation.models import OutboxEvent, Webhook, WebhookDelivery
from moderation.webhooks import bell
from moderation.webhooks.formats import EVENTS, body_of

WANTED = frozenset(EVENTS)


class WebhookSink:
    """Stores what is to be sent; how receivers fare concerns the dispatcher alone."""

    def wants(self, event: OutboxEvent) -> bool:
        return event.type in WANTED

    def deliver(self, events: Sequence[OutboxEvent]) -> None:
        # An event that is handed over again finds its row: `one_delivery_per_event`.
        rows = list(deliveries_of(events))
        if rows:
            WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
            bell.ring()


def deliveries_of(events: Sequence[OutboxEvent]) -> Iterable[WebhookDelivery]:
    """Yield a delivery for each event and each webhook of its project that wants it.

    What a moderator's decision caused waits until its hold is over (CONTRACT section 3).
    """
    webhooks = Webhook.objects.filter(
        is_active=True, project_id__in={event.project_id for event in events}
    )
    listening = list(webhooks)
    for event in events:
        for webhook in listening:
            if webhook.project_id == event.project_id and event.type in webhook.events:
                yield WebhookDelivery(
                    webhook=webhook,
                    event_id=event.pk,
                    event_type=event.type,
                    cause=event.cause,
                    body=body_of(event, webhook.format),
                    due_at=event.hold_until or event.created_at,
                    created_at=event.created_at,
                )
