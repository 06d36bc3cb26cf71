"""Carry frames between processes: one group message of the channel layer for each batch."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from channels.layers import get_channel_layer

from moderation.realtime.protocol import Frame

logger = logging.getLogger(__name__)

GROUP = "gavel.events"
#: Tells this process's own messages when they come back.
ORIGIN = secrets.token_hex(8)
SEND_SECONDS = 1.0
#: A group forgets its members after a day: join again long before.
REJOIN_SECONDS = 3600
ERROR_PAUSE_SECONDS = 1.0


async def send(frames: Sequence[Frame]) -> None:
    """Tell the other processes; raises what the layer raises, or TimeoutError after a second."""
    rows = [[frame.project_id, frame.seq, frame.text] for frame in frames]
    message = {"type": "gavel.events", "origin": ORIGIN, "frames": rows}
    async with asyncio.timeout(SEND_SECONDS):
        await _layer().group_send(GROUP, message)


async def listen(take: Callable[[Iterable[Frame]], None]) -> None:
    """Pass on what other processes send, until cancelled; what is lost meanwhile is healed."""
    while True:
        try:
            await _listen_for_a_while(take)
        except TimeoutError:
            continue
        except Exception as error:
            # What fails while it is cancelled, leaving the group for one, hides the cancellation.
            if _is_cancelled():
                raise asyncio.CancelledError from error
            logger.exception("The channel layer cannot be heard")
            await asyncio.sleep(ERROR_PAUSE_SECONDS)


async def _listen_for_a_while(take: Callable[[Iterable[Frame]], None]) -> None:
    layer = _layer()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    try:
        async with asyncio.timeout(REJOIN_SECONDS):
            while True:
                message = await layer.receive(channel)
                if message["origin"] != ORIGIN:
                    take([Frame(*row) for row in message["frames"]])
    finally:
        await layer.group_discard(GROUP, channel)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _layer() -> Any:
    return get_channel_layer()
