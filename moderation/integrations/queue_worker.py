"""Moderate the messages of a RabbitMQ queue, one after the other (docs/rabbitmq.md).

A message is acknowledged only after the broker has confirmed its result, and moderating it again
returns the stored result: a worker that dies loses nothing.
"""

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aio_pika import Connection, DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, HeadersType
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from rest_framework.exceptions import ErrorDetail, ValidationError

from moderation.delivery.amqp.connection import BROKER_ERRORS, in_words, open_connection
from moderation.integrations.queued import QueueResult, moderate_message
from moderation.lib.errors import GavelError, Invalid, TooMany

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
#: Messages that the broker hands over in advance.
PREFETCH = 100
#: Messages wait behind each other, so none keeps the next ones waiting for longer than this.
LONGEST_WAIT_SECONDS = 60.0
#: The header that says when to try a waiting message again, in milliseconds since 1970.
NOT_BEFORE = "gavel-not-before"
#: After so many unexpected errors a message is a dead letter.
MOST_ATTEMPTS = 5
LONGEST_REASON = 1000


@dataclass(frozen=True)
class Queues:
    """Plain durable queues, without arguments."""

    messages: str = "moderation_queue"
    results: str = "moderation_results"
    dead_letters: str = "moderation_dead_letter"

    @property
    def waiting(self) -> str:
        """Messages of authors who have sent too many."""
        return f"{self.messages}_waiting"


Inbox = asyncio.Queue[AbstractIncomingMessage | None]


class Refused(Exception):
    """The message can never be accepted; the text says why."""


class QueueWorker:
    """Works until it is stopped; reconnects with growing pauses."""

    def __init__(self, queues: Queues) -> None:
        self.queues = queues
        #: Messages done since the start.
        self.done = 0
        self._stopped = asyncio.Event()
        # The database's connections belong to a thread.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="queue")

    def stop(self) -> None:
        """Finish the current message, then end `run`."""
        self._stopped.set()

    async def run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        try:
            while not self._stopped.is_set():
                done = self.done
                try:
                    async with await open_connection("queue worker") as connection:
                        await self._work(connection)
                except BROKER_ERRORS as error:
                    facts = {"reason": in_words(error), "seconds": pause}
                    logger.warning("RabbitMQ is away; trying again", extra=facts)
                    pause = FIRST_PAUSE_SECONDS if self.done > done else pause
                    await self._pause(pause)
                    pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        finally:
            self._thread.submit(connections.close_all)
            self._thread.shutdown()

    async def _work(self, connection: Connection) -> None:
        """Moderate messages until the worker is stopped or the connection breaks."""
        channel = await connection.channel(on_return_raises=True)
        inbox = await self._read_queues(connection, channel)
        logger.info("Reading a queue", extra={"queue": self.queues.messages})
        stopping = asyncio.create_task(self._stopped.wait())
        while not self._stopped.is_set():
            getting = asyncio.create_task(inbox.get())
            await asyncio.wait({getting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not getting.done():
                getting.cancel()
                return
            message = getting.result()
            if message is None:
                raise ConnectionError("the connection was lost")
            try:
                is_answered = await self._answer(channel, message)
            except TooMany as refusal:
                await self._postpone(channel, message, refusal.wait)
            else:
                self.done += is_answered

    async def _read_queues(self, connection: Connection, channel: AbstractChannel) -> Inbox:
        """Return where messages arrive, those that waited too; None says that the broker left."""
        for name in (self.queues.results, self.queues.dead_letters):
            await channel.declare_queue(name, durable=True)
        inbox: Inbox = asyncio.Queue()
        # One by one: all but the first stay in the queue until they are due.
        waiting_room = await connection.channel()
        for side in (connection, channel, waiting_room):
            side.close_callbacks.add(lambda *_: inbox.put_nowait(None))
        await channel.set_qos(prefetch_count=PREFETCH)
        await waiting_room.set_qos(prefetch_count=1)
        queue = await channel.declare_queue(self.queues.messages, durable=True)
        waiting = await waiting_room.declare_queue(self.queues.waiting, durable=True)

        async def put_when_due(message: AbstractIncomingMessage) -> None:
            asyncio.get_running_loop().call_later(wait_of(message), inbox.put_nowait, message)

        await queue.consume(inbox.put)
        await waiting.consume(put_when_due)
        return inbox

    async def _postpone(
        self, channel: AbstractChannel, message: AbstractIncomingMessage, seconds: float
    ) -> None:
        """Put the message behind those that wait, then acknowledge it."""
        seconds = min(seconds, LONGEST_WAIT_SECONDS)
        due = int((time.time() + seconds) * 1000)
        copy = copy_of(message, message.body, {**message.headers, NOT_BEFORE: due})
        await channel.default_exchange.publish(copy, routing_key=self.queues.waiting)
        await message.ack()
        logger.info("A message waits: its author sends too many", extra={"seconds": seconds})

    async def _answer(self, channel: AbstractChannel, message: AbstractIncomingMessage) -> bool:
        """Publish the result or the dead letter, then acknowledge; False if stopped before.

        Raises TooMany if the message must wait.
        """
        try:
            result = await self._moderate(message.body)
        except Refused as refusal:
            logger.warning("A queued message was refused", extra={"reason": str(refusal)})
            headers = {**message.headers, "reason": str(refusal)}
            headers.pop(NOT_BEFORE, None)
            answer, place = copy_of(message, message.body, headers), self.queues.dead_letters
        else:
            if result is None:
                return False
            answer, place = copy_of(message, json.dumps(result).encode(), {}), self.queues.results
        await channel.default_exchange.publish(answer, routing_key=place)
        await message.ack()
        return True

    async def _moderate(self, body: bytes) -> QueueResult | None:
        """Return the result, None if the worker was stopped first. Raises Refused and TooMany.

        A database that is away is waited for, however long that takes.
        """
        pause, failures = FIRST_PAUSE_SECONDS, 0
        while not self._stopped.is_set():
            try:
                running = asyncio.get_running_loop()
                return await running.run_in_executor(self._thread, moderate_body, body)
            except (OperationalError, InterfaceError) as error:
                facts = {"reason": type(error).__name__, "seconds": pause}
                logger.warning("The database is away; trying again", extra=facts)
            except (Refused, TooMany):
                raise
            except Exception as error:
                logger.exception("A queued message failed")
                failures += 1
                if failures >= MOST_ATTEMPTS:
                    raise Refused(f"could not be judged: {type(error).__name__}") from error
            await self._pause(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        return None

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopped.wait()


def copy_of(message: AbstractIncomingMessage, body: bytes, headers: HeadersType) -> Message:
    """Return a persistent message that belongs to the one that came."""
    return Message(
        body,
        headers=headers,
        content_type=message.content_type or "application/json",
        correlation_id=message.correlation_id,
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def wait_of(message: AbstractIncomingMessage) -> float:
    """Return for how many seconds a waiting message is not due yet."""
    due = message.headers.get(NOT_BEFORE)
    seconds = due / 1000 - time.time() if isinstance(due, int) else 0.0
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


def moderate_body(body: bytes) -> QueueResult:
    """Moderate a queued message as it came.

    Raises Refused if it can never be accepted, TooMany if its author has to wait.
    """
    close_old_connections()
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(f"not JSON: {error}"[:LONGEST_REASON]) from error
    if not isinstance(message, dict):
        raise Refused("not a JSON object")
    try:
        return moderate_message(message)
    except ValidationError as error:
        raise Refused("; ".join(reasons(error.detail))[:LONGEST_REASON]) from error
    except Invalid as error:
        raise Refused(f"{error.field}: {error.detail}"[:LONGEST_REASON]) from error
    except TooMany:
        raise
    except GavelError as error:
        raise Refused(error.detail[:LONGEST_REASON]) from error


def reasons(detail: Any, field: str = "") -> list[str]:
    """Return one line for each error of a serializer."""
    if isinstance(detail, Mapping):
        return [line for name, each in detail.items() for line in reasons(each, str(name))]
    if isinstance(detail, list):
        return [line for each in detail for line in reasons(each, field)]
    assert isinstance(detail, ErrorDetail)
    return [f"{field}: {detail}" if field else str(detail)]
