"""The relay's sink: external events go to the exchange, each as often as it takes."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from moderation.delivery.amqp.connection import EXCHANGE
from moderation.delivery.amqp.publisher import NotConfirmed, Outgoing, Publisher
from moderation.delivery.relay.delivery import Sink, SinkAway
from moderation.events.event import EXTERNAL, iso
from moderation.events.outbox import publish
from moderation.models import Destination, OutboxEvent, Project
from moderation.pipeline.payloads import system_notification

NAME = "rabbitmq"
#: Staff hear of a broker that is away for longer.
NOTIFY_AFTER = timedelta(seconds=60)
AWAY = "RabbitMQ has been away for over a minute. Its events wait and none is lost."
BACK = "RabbitMQ is back: the events that waited are on their way."


class AmqpSink(Sink):
    """Connects when the relay of this process leads, and stays connected."""

    longest_pause_seconds = 5.0

    def __init__(self, exchange: str = EXCHANGE) -> None:
        self._exchange = exchange
        self._publisher: Publisher | None = None
        #: Confirmed events of a batch of which others were not: they do not leave again.
        self._confirmed: set[UUID] = set()
        self._sent = 0
        self._sent_at: datetime | None = None
        self._error = ""

    def wants(self, event: OutboxEvent) -> bool:
        return event.type in EXTERNAL

    def deliver(self, events: Sequence[OutboxEvent]) -> None:
        waiting = [event for event in events if event.pk not in self._confirmed]
        try:
            self._connected().publish([outgoing(event) for event in waiting])
        except NotConfirmed as error:
            self._confirmed |= error.confirmed
            self._count(len(error.confirmed))
            self._error = str(error)
            raise SinkAway(str(error)) from error
        self._confirmed.clear()
        self._error = ""
        self._count(len(waiting))

    def check(self, now: datetime) -> None:
        """Store how the connection is, for pages and checks; notify staff of a long absence."""
        publisher = self._connected()
        publisher.wait_tried()
        is_up, error = publisher.is_connected, publisher.error or self._error
        with transaction.atomic():
            stored, _ = Destination.objects.select_for_update().get_or_create(
                name=NAME, defaults={"is_connected": is_up, "changed_at": now}
            )
            if stored.is_connected != is_up:
                stored.is_connected, stored.changed_at = is_up, now
            stored.error, stored.checked_at = error[:200], now
            stored.sent = F("sent") + self._sent
            stored.sent_at = self._sent_at or stored.sent_at
            if is_up and stored.notified_at:
                stored.notified_at = None
                notify_staff("success", BACK, now)
            if not is_up and not stored.notified_at and now - stored.changed_at > NOTIFY_AFTER:
                stored.notified_at = now
                notify_staff("error", AWAY, now)
            stored.save()
        self._sent, self._sent_at = 0, None

    def close(self) -> None:
        if self._publisher:
            self._publisher.close()
            self._publisher = None

    def _connected(self) -> Publisher:
        self._publisher = self._publisher or Publisher(self._exchange)
        return self._publisher

    def _count(self, events: int) -> None:
        if events:
            self._sent, self._sent_at = self._sent + events, timezone.now()


def notify_staff(kind: str, message: str, now: datetime) -> None:
    for project in Project.objects.all():
        publish(
            system_notification(project, kind, message, persistent=kind == "error", now=now),
            now=now,
        )


def outgoing(event: OutboxEvent) -> Outgoing:
    """Return the message of an event; the caller has fetched the event's project."""
    body = {
        "event_type": event.type,
        "timestamp": iso(event.created_at),
        "data": event.data,
        "event_id": str(event.pk),
        "service": "gavel",
        "version": settings.VERSION,
    }
    text = json.dumps(body, ensure_ascii=False, cls=DjangoJSONEncoder)
    author = (event.project_id, event.data.get("user_id"))
    return Outgoing(event.pk, author, event.type, text.encode())
