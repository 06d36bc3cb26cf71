"""Where the relay hands live events: to this process's hubs and, with Redis, to the others'."""

import logging
from collections.abc import Sequence

from asgiref.sync import async_to_sync
from django.conf import settings

from moderation.models import OutboxEvent
from moderation.models.events import Audience
from moderation.realtime import bridge
from moderation.realtime.hub import offer_to_hubs
from moderation.realtime.protocol import Frame, frame_of

logger = logging.getLogger(__name__)


class HubSink:
    """Never fails: what does not arrive is read from the outbox by the hub that misses it."""

    def wants(self, event: OutboxEvent) -> bool:
        return event.audience == Audience.HOUSE

    def deliver(self, events: Sequence[OutboxEvent]) -> None:
        frames = [frame_of(event) for event in events]
        offer_to_hubs(frames)
        if settings.REDIS_URL:
            self._send(frames)

    def _send(self, frames: Sequence[Frame]) -> None:
        try:
            async_to_sync(bridge.send)(frames)
        except Exception:
            logger.exception("Other processes were not told; their hubs will read the outbox")
