"""Send due deliveries: the calls run in an event loop of their own, the database in one thread.

Any number of processes may dispatch, since each delivery is claimed. A slow or broken receiver gets
few of the places, so that the others do not wait for it.
"""

import asyncio
import logging
import threading
import time
from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import close_old_connections, connections
from django.utils import timezone

from moderation.delivery.webhooks import deliveries, managing
from moderation.lib.http_client import Answer, CallFailed, Outgoing
from moderation.lib.secrets_at_rest import Unreadable
from moderation.models import WebhookDelivery

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 16
MOST_PER_WEBHOOK = 4
POLL_SECONDS = 0.5
ERROR_PAUSE_SECONDS = 5.0
PRUNING_PAUSE_SECONDS = 3600.0
#: The answer, or in words why none came, and how many seconds the call took.
CallResult = tuple[Answer | str, float]


@dataclass(frozen=True)
class InFlight:
    delivery: WebhookDelivery
    result: Future[CallResult]


class Dispatcher:
    """Sends while it is open; belongs to one thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="webhook-calls", daemon=True
        )
        self._thread.start()
        self._client = Outgoing(MOST_AT_ONCE)
        self._in_flight: dict[UUID, InFlight] = {}

    def tick(self) -> int:
        """Store the answers that came, then send what is due; return how much was done."""
        done = [call for call in self._in_flight.values() if call.result.done()]
        for call in done:
            result, seconds = call.result.result()
            deliveries.record_attempt(call.delivery, result, seconds=seconds, now=timezone.now())
            del self._in_flight[call.delivery.pk]
        now = timezone.now()
        due = deliveries.cancel_undone(self._next_due(now))
        for delivery in due:
            if deliveries.claim(delivery, now):
                self._send(delivery, now)
        return len(done) + len(due)

    @property
    def is_idle(self) -> bool:
        return not self._in_flight

    def close(self) -> None:
        """Cancel the running calls: another process sends their deliveries again."""

        async def cancel_calls() -> None:
            for call in self._in_flight.values():
                call.result.cancel()
            await asyncio.sleep(0)
            await self._client.close()

        asyncio.run_coroutine_threadsafe(cancel_calls(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _next_due(self, now: datetime) -> list[WebhookDelivery]:
        """Return as many deliveries as there are free places, within the limit of each webhook."""
        calls = Counter(call.delivery.webhook_id for call in self._in_flight.values())
        busy = {pk for pk, count in calls.items() if count >= MOST_PER_WEBHOOK}
        chosen: list[WebhookDelivery] = []
        # Read on without the busy webhooks: a long backlog must not hide the deliveries of others.
        while (free := MOST_AT_ONCE - len(self._in_flight) - len(chosen)) > 0:
            due = deliveries.due(now, exclude_webhooks=busy)
            found = due.exclude(pk__in=[delivery.pk for delivery in chosen])[:free]
            for delivery in found:
                # A failing webhook is tried with one call at a time.
                most = 1 if delivery.webhook.failing_since else MOST_PER_WEBHOOK
                if calls[delivery.webhook_id] < most:
                    calls[delivery.webhook_id] += 1
                    chosen.append(delivery)
                if calls[delivery.webhook_id] >= most:
                    busy.add(delivery.webhook_id)
            if len(found) < free:
                break
        return chosen

    def _send(self, delivery: WebhookDelivery, now: datetime) -> None:
        call = self._call(
            delivery.webhook.url, delivery.body.encode(), signed_headers(delivery, now)
        )
        result = asyncio.run_coroutine_threadsafe(call, self._loop)
        self._in_flight[delivery.pk] = InFlight(delivery, result)
        result.add_done_callback(lambda _: deliveries.dispatcher_wakeup.notify())

    async def _call(self, url: str, body: bytes, headers: dict[str, str] | str) -> CallResult:
        start = time.monotonic()
        if isinstance(headers, str):
            return headers, 0.0
        try:
            answer: Answer | str = await self._client.post(url, body, headers)
        except CallFailed as error:
            answer = str(error)
        except Exception as error:
            logger.exception("A webhook call broke")
            answer = type(error).__name__
        return answer, time.monotonic() - start


def signed_headers(delivery: WebhookDelivery, now: datetime) -> dict[str, str] | str:
    """Return the headers of an attempt, or in words why it cannot be signed."""
    try:
        signature = managing.signature_of(delivery, now)
    except Unreadable as error:
        return f"The secret cannot be decrypted ({error}): create a new one."
    return {
        "Content-Type": "application/json",
        "webhook-id": str(delivery.event_id),
        "webhook-timestamp": str(int(now.astimezone(UTC).timestamp())),
        "webhook-signature": signature,
    }


def run_once() -> int:
    """Send until nothing is due, and wait for the answers; return how many calls and answers."""
    dispatcher, done = Dispatcher(), 0
    try:
        while True:
            done += dispatcher.tick()
            if dispatcher.is_idle and not deliveries.due(timezone.now()).exists():
                return done
            deliveries.dispatcher_wakeup.wait(POLL_SECONDS)
    finally:
        dispatcher.close()


def run_until(stopped: threading.Event) -> None:
    """Send until the event is set; errors are logged and survived."""
    dispatcher, prune_at = Dispatcher(), 0.0
    try:
        while not stopped.is_set():
            try:
                if time.monotonic() >= prune_at:
                    prune_at = time.monotonic() + PRUNING_PAUSE_SECONDS
                    deliveries.prune(timezone.now())
                if not dispatcher.tick():
                    deliveries.dispatcher_wakeup.wait(POLL_SECONDS)
            except Exception:
                logger.exception("The webhook dispatcher failed")
                close_old_connections()
                stopped.wait(ERROR_PAUSE_SECONDS)
    finally:
        dispatcher.close()
        connections.close_all()
