"""Send what is due: the calls in an event loop of their own, the database in one thread.

Any number of processes may dispatch: each delivery is claimed. A receiver that is slow or away
takes few of the places, so that the others are served meanwhile.
"""

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import close_old_connections, connections
from django.utils import timezone

from moderation.models import Webhook, WebhookDelivery
from moderation.outgoing import Answer, CallFailed, Outgoing
from moderation.sealing import Unreadable
from moderation.webhooks import bell, deliveries, managing

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 16
MOST_PER_WEBHOOK = 4
POLL_SECONDS = 0.5
ERROR_PAUSE_SECONDS = 5.0
PRUNING_PAUSE_SECONDS = 3600.0
#: What an attempt brought, and how many seconds it took.
Outcome = tuple[Answer | str, float]


@dataclass(frozen=True)
class Flight:
    delivery: WebhookDelivery
    outcome: Future[Outcome]


class Dispatcher:
    """Sends while it is open; belongs to one thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="webhook-calls", daemon=True
        )
        self._thread.start()
        self._client = Outgoing(MOST_AT_ONCE)
        self._flights: dict[UUID, Flight] = {}

    def round(self) -> int:
        """Store what came back, then send what is due; return how much was done."""
        return self._land() + self._start()

    @property
    def is_idle(self) -> bool:
        return not self._flights

    def close(self) -> None:
        """End the calls that run: another process takes their deliveries up again."""
        asyncio.run_coroutine_threadsafe(self._end_calls(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end_calls(self) -> None:
        for flight in self._flights.values():
            flight.outcome.cancel()
        await asyncio.sleep(0)
        await self._client.close()

    def _land(self) -> int:
        landed = [flight for flight in self._flights.values() if flight.outcome.done()]
        for flight in landed:
            outcome, seconds = flight.outcome.result()
            deliveries.settle(flight.delivery, outcome, seconds=seconds, now=timezone.now())
            del self._flights[flight.delivery.pk]
        return len(landed)

    def _start(self) -> int:
        now = timezone.now()
        found = deliveries.drop_taken_back(self._next_due(now))
        for delivery in found:
            if deliveries.claim(delivery, now):
                self._send(delivery, now)
        return len(found)

    def _next_due(self, now: datetime) -> list[WebhookDelivery]:
        """Return as many deliveries as have a place, and no more of a webhook than it may have."""
        free = MOST_AT_ONCE - len(self._flights)
        if free <= 0:
            return []
        flying = Counter(flight.delivery.webhook_id for flight in self._flights.values())
        full = [pk for pk, count in flying.items() if count >= MOST_PER_WEBHOOK]
        chosen = []
        for delivery in deliveries.due(now, but=full)[:free]:
            if flying[delivery.webhook_id] < places_of(delivery.webhook):
                flying[delivery.webhook_id] += 1
                chosen.append(delivery)
        return chosen

    def _send(self, delivery: WebhookDelivery, now: datetime) -> None:
        call = self._call(delivery.webhook.url, delivery.body.encode(), signed(delivery, now))
        outcome = asyncio.run_coroutine_threadsafe(call, self._loop)
        self._flights[delivery.pk] = Flight(delivery, outcome)
        outcome.add_done_callback(lambda _: bell.ring())

    async def _call(self, url: str, body: bytes, headers: dict[str, str] | str) -> Outcome:
        start = time.monotonic()
        if isinstance(headers, str):
            return headers, 0.0
        try:
            outcome: Answer | str = await self._client.post(url, body, headers)
        except CallFailed as error:
            outcome = str(error)
        except Exception as error:
            logger.exception("A webhook call broke")
            outcome = type(error).__name__
        return outcome, time.monotonic() - start


def places_of(webhook: Webhook) -> int:
    """Return how many calls to a webhook may run: one that fails is asked one by one."""
    return 1 if webhook.failing_since else MOST_PER_WEBHOOK


def signed(delivery: WebhookDelivery, now: datetime) -> dict[str, str] | str:
    """Return the headers of an attempt, or in words why it cannot be signed."""
    try:
        signature = managing.signature_of(delivery, now)
    except Unreadable as error:
        return f"The secret cannot be read ({error}): make a new one."
    return {
        "Content-Type": "application/json",
        "webhook-id": str(delivery.event_id),
        "webhook-timestamp": str(int(now.astimezone(UTC).timestamp())),
        "webhook-signature": signature,
    }


def run_once() -> int:
    """Send what is due until nothing is, and wait for the answers; return how many were tried."""
    dispatcher, tried = Dispatcher(), 0
    try:
        while True:
            tried += dispatcher.round()
            if dispatcher.is_idle and not deliveries.due(timezone.now()).exists():
                return tried
            bell.wait(POLL_SECONDS)
    finally:
        dispatcher.close()


def run_until(stopped: threading.Event) -> None:
    """Send until the event is set; errors are logged and survived."""
    dispatcher, prune = Dispatcher(), now_and_then(deliveries.prune, PRUNING_PAUSE_SECONDS)
    try:
        while not stopped.is_set():
            try:
                prune()
                if not dispatcher.round():
                    bell.wait(POLL_SECONDS)
            except Exception:
                logger.exception("Webhooks were not sent")
                close_old_connections()
                stopped.wait(ERROR_PAUSE_SECONDS)
    finally:
        dispatcher.close()
        connections.close_all()


def now_and_then(chore: Callable[[datetime], object], pause_seconds: float) -> Callable[[], None]:
    """Return a function that does the chore, but not again before the pause is over."""
    not_before = 0.0

    def do() -> None:
        nonlocal not_before
        if time.monotonic() >= not_before:
            not_before = time.monotonic() + pause_seconds
            chore(timezone.now())

    return do
