"""Hand live events to this process's hubs and, with Redis, to those of other processes."""

from collections.abc import Sequence

from asgiref.sync import async_to_sync
from django.conf import settings

from moderation.delivery.relay.delivery import Sink
from moderation.delivery.sockets import bridge
from moderation.delivery.sockets.hub import offer_to_hubs
from moderation.delivery.sockets.protocol import frame_of
from moderation.models import OutboxEvent
from moderation.models.events import Audience


class HubSink(Sink):
    """Never fails: a hub that misses an event reads it from the outbox."""

    def wants(self, event: OutboxEvent) -> bool:
        return event.audience == Audience.INTERNAL

    def deliver(self, events: Sequence[OutboxEvent]) -> None:
        frames = [frame_of(event) for event in events]
        offer_to_hubs(frames)
        if settings.REDIS_URL:
            try:
                async_to_sync(bridge.send)(frames)
            except Exception as error:  # noqa: BLE001 (whatever it was, the hubs go on)
                bridge.sending.note(error, "other processes' hubs read the outbox instead")
