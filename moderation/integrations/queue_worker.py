"""Moderate the messages of a RabbitMQ queue, one after the other (docs/rabbitmq.md).

A message is acknowledged only after the broker has confirmed its result, and moderating it again
returns the stored result: a worker that dies loses nothing.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aio_pika import Connection, DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from rest_framework.exceptions import ErrorDetail, ValidationError

from moderation.delivery.amqp.connection import BROKER_ERRORS, in_words, open_connection
from moderation.integrations.queued import QueueResult, moderate_message
from moderation.lib.errors import GavelError, Invalid, TooMany

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
#: Messages that the broker hands over in advance; those of authors who must wait are among them.
PREFETCH = 100
#: The broker cuts off who keeps a message for 30 minutes; nobody waits longer than this at once.
LONGEST_WAIT_SECONDS = 600
#: After so many unexpected errors a message is a dead letter.
MOST_ATTEMPTS = 5
LONGEST_REASON = 1000


@dataclass(frozen=True)
class Queues:
    """Three plain durable queues, without arguments."""

    messages: str = "moderation_queue"
    results: str = "moderation_results"
    dead_letters: str = "moderation_dead_letter"


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
        await channel.set_qos(prefetch_count=PREFETCH)
        for name in (self.queues.results, self.queues.dead_letters):
            await channel.declare_queue(name, durable=True)
        queue = await channel.declare_queue(self.queues.messages, durable=True)
        inbox: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        for side in (connection, channel):
            side.close_callbacks.add(lambda *_: inbox.put_nowait(None))
        await queue.consume(inbox.put)
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
                # Not acknowledged: if we end meanwhile, the broker hands it to the next worker.
                wait = min(refusal.wait, LONGEST_WAIT_SECONDS)
                asyncio.get_running_loop().call_later(wait, inbox.put_nowait, message)
                logger.info("A message waits: its author sends too many", extra={"seconds": wait})
            else:
                self.done += is_answered

    async def _answer(self, channel: AbstractChannel, message: AbstractIncomingMessage) -> bool:
        """Publish the result or the dead letter, then acknowledge; False if stopped before.

        Raises TooMany if the message must wait.
        """
        try:
            result = await self._moderate(message.body)
        except Refused as refusal:
            logger.warning("A queued message was refused", extra={"reason": str(refusal)})
            headers = {**message.headers, "reason": str(refusal)}
            answer, place = Message(message.body, headers=headers), self.queues.dead_letters
        else:
            if result is None:
                return False
            answer, place = Message(json.dumps(result).encode()), self.queues.results
        answer.content_type = message.content_type or "application/json"
        answer.correlation_id = message.correlation_id
        answer.delivery_mode = DeliveryMode.PERSISTENT
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
