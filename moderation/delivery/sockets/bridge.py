"""Carry frames between processes: one group message of the channel layer for each batch."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from channels.layers import get_channel_layer

from moderation.delivery.sockets.protocol import Frame
from moderation.lib.outages import Outage

logger = logging.getLogger(__name__)

#: What one message carries, as lists of plain values.
Rows = list[list[Any]]

GROUP = "gavel.events"
#: Marks this process's own messages, which come back to it.
ORIGIN = secrets.token_hex(8)
SEND_SECONDS = 1.0
#: A group forgets its members after a day: join again long before.
REJOIN_SECONDS = 3600
ERROR_PAUSE_SECONDS = 1.0
#: Of the channel layer.
sending, reading = Outage("Redis, written to,", logger), Outage("Redis, read from,", logger)


async def send(frames: Sequence[Frame]) -> None:
    """Send to the other processes; raises what the layer raises, or TimeoutError after 1 s."""
    await send_to(GROUP, [[frame.project_id, frame.seq, frame.text] for frame in frames])


async def listen(take: Callable[[Iterable[Frame]], None]) -> None:
    """Pass on what other processes send, until cancelled; the hubs recover what gets lost."""
    await listen_to(GROUP, lambda rows: take([Frame(*row) for row in rows]))


async def send_to(group: str, rows: Rows) -> None:
    """Send rows to a group; raises what the layer raises, or TimeoutError after 1 s."""
    message = {"type": "gavel.events", "origin": ORIGIN, "rows": rows}
    async with asyncio.timeout(SEND_SECONDS):
        await _layer().group_send(group, message)
    sending.end()


async def listen_to(group: str, take: Callable[[Rows], None]) -> None:
    """Pass on the rows that other processes send to a group, until cancelled."""
    while True:
        try:
            await _listen_for_a_while(group, take)
        except TimeoutError:
            continue
        except Exception as error:
            # A failure during cancellation, such as in leaving the group, hides the cancellation.
            task = asyncio.current_task()
            if task is not None and task.cancelling() > 0:
                raise asyncio.CancelledError from error
            reading.note(error, "what other processes tell arrives late")
            await asyncio.sleep(ERROR_PAUSE_SECONDS)


async def _listen_for_a_while(group: str, take: Callable[[Rows], None]) -> None:
    layer = _layer()
    channel = await layer.new_channel()
    await layer.group_add(group, channel)
    reading.end()
    try:
        async with asyncio.timeout(REJOIN_SECONDS):
            while True:
                message = await layer.receive(channel)
                if message["origin"] != ORIGIN:
                    take(message["rows"])
    finally:
        await layer.group_discard(group, channel)


def _layer() -> Any:
    return get_channel_layer()
