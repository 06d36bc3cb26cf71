"""Publish persistent messages and wait until the broker has confirmed each of them."""

import asyncio
import logging
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from aio_pika import DeliveryMode, ExchangeType, Message
from aio_pika.abc import AbstractExchange

from moderation.delivery.amqp.connection import (
    CONNECT_SECONDS,
    EXCHANGE,
    in_words,
    open_connection,
)

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
#: For one call of `publish`. The relay waits meanwhile, and its lease lasts longer.
CONFIRM_SECONDS = 2.0


@dataclass(frozen=True)
class Outgoing:
    id: UUID
    #: Messages of one author leave one after the other.
    author: tuple[object, ...]
    #: The routing key.
    type: str
    body: bytes


class NotConfirmed(Exception):
    """Some messages were not confirmed, and why; `confirmed` has the ids of the others."""

    def __init__(self, reason: str, confirmed: set[UUID]) -> None:
        super().__init__(reason)
        self.confirmed = confirmed


class Publisher:
    """One connection in an event loop of its own thread, reopened whenever it breaks."""

    def __init__(self, exchange: str = EXCHANGE) -> None:
        self.exchange_name = exchange
        #: Why there is no connection; empty while there is one.
        self.error = "not connected yet"
        self._exchange: AbstractExchange | None = None
        self._loop = asyncio.new_event_loop()
        self._tried = asyncio.Event()
        self._broken = asyncio.Event()
        self._closing = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="amqp", daemon=True)
        self._thread.start()

    @property
    def is_connected(self) -> bool:
        return self._exchange is not None

    def publish(self, messages: Sequence[Outgoing]) -> None:
        """Publish all; return once all are confirmed. Raises NotConfirmed."""
        asyncio.run_coroutine_threadsafe(self._publish(messages), self._loop).result()

    def wait_tried(self) -> None:
        """Wait until the first attempt to connect has succeeded or failed."""
        asyncio.run_coroutine_threadsafe(self._first_attempt(), self._loop).result()

    def close(self) -> None:
        """Close the connection and end the thread."""
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join()

    # --- In the thread

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._until_closed())

    async def _until_closed(self) -> None:
        keeper = asyncio.create_task(self._keep_connected())
        await self._closing.wait()
        keeper.cancel()
        await asyncio.wait([keeper])

    async def _keep_connected(self) -> None:
        pause, told = FIRST_PAUSE_SECONDS, ""
        while True:
            try:
                async with await open_connection("events") as connection:
                    channel = await connection.channel()
                    self._broken.clear()
                    connection.close_callbacks.add(lambda *_: self._broken.set())
                    channel.close_callbacks.add(lambda *_: self._broken.set())
                    self._exchange = await channel.declare_exchange(
                        self.exchange_name, ExchangeType.TOPIC, durable=True
                    )
                    if told:
                        logger.warning("RabbitMQ is back")
                    self.error, told, pause = "", "", FIRST_PAUSE_SECONDS
                    self._tried.set()
                    await self._broken.wait()
                self.error = "the connection was lost"
            except Exception as error:  # noqa: BLE001 (whatever it was, try again)
                self.error = in_words(error)
            finally:
                self._exchange = None
            self._tried.set()
            if self.error != told:
                logger.warning("RabbitMQ is away; trying again", extra={"reason": self.error})
            told = self.error
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _first_attempt(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._tried.wait()

    async def _publish(self, messages: Sequence[Outgoing]) -> None:
        await self._first_attempt()
        confirmed: set[UUID] = set()
        until = self._loop.time() + CONFIRM_SECONDS
        for round_ in rounds(messages):
            if self._exchange is None:
                raise NotConfirmed(self.error, confirmed)
            sent = {
                asyncio.ensure_future(self._send(self._exchange, message)): message.id
                for message in round_
            }
            done, late = await asyncio.wait(sent, timeout=max(0.0, until - self._loop.time()))
            confirmed |= {sent[task] for task in done if task.exception() is None}
            if late:
                for task in late:
                    task.cancel()
                # What was written but not confirmed must not arrive after what comes next.
                self._broken.set()
                raise NotConfirmed("no confirmation in time", confirmed)
            if failed := [error for task in done if (error := task.exception())]:
                raise NotConfirmed(in_words(failed[0]), confirmed)

    async def _send(self, exchange: AbstractExchange, message: Outgoing) -> None:
        body = Message(
            message.body,
            content_type="application/json",
            delivery_mode=DeliveryMode.PERSISTENT,
            message_id=str(message.id),
            type=message.type,
            app_id="gavel",
        )
        # Not mandatory: an event that no queue is bound for is dropped, as is usual for topics.
        await exchange.publish(body, routing_key=message.type, mandatory=False)


def rounds(messages: Sequence[Outgoing]) -> Iterator[list[Outgoing]]:
    """Yield lists with at most one message of each author, the authors' messages in order."""
    waiting: defaultdict[tuple[object, ...], list[Outgoing]] = defaultdict(list)
    for message in messages:
        waiting[message.author].append(message)
    for place in range(max(map(len, waiting.values()), default=0)):
        yield [queue[place] for queue in waiting.values() if len(queue) > place]
