"""A socket's place in one project: what it missed first, then what happens, in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from channels.db import database_sync_to_async

from moderation.realtime import outbox, protocol
from moderation.realtime.hub import Subscription, hubs
from moderation.realtime.protocol import Close, Frame

logger = logging.getLogger(__name__)

#: Numbered events that can be replayed (CONTRACT section 6); older ones may still be stored.
REPLAYABLE = 10_000
#: How long a reader may take for one page of a replay.
PAGE_SECONDS = 30.0

Send = Callable[[str], Awaitable[None]]
Fail = Callable[[Close], None]


class Room:
    """Sends one project's events to one socket, each exactly once, until it is left."""

    def __init__(self, project_id: int, slug: str, send: Send, fail: Fail) -> None:
        self.project_id = project_id
        self.slug = slug
        self._send = send
        self._fail = fail
        self._sent = 0
        self._subscription: Subscription | None = None
        self._task: asyncio.Task[None] | None = None

    def enter(self, since: int | None) -> None:
        self._task = asyncio.create_task(self._run(since))

    def leave(self) -> None:
        if self._subscription:
            hubs.running().unsubscribe(self._subscription)
        if self._task:
            self._task.cancel()

    async def _run(self, since: int | None) -> None:
        try:
            await self._join(since)
            # A long replay must not fill the queue: it begins when little is missing.
            await self._catch_up()
            self._subscription = Subscription(self.project_id, self._drop)
            await hubs.running().subscribe(self._subscription)
            await self._go_live(self._subscription)
            await self._follow(self._subscription)
        except TimeoutError:
            self._fail(Close.TOO_SLOW)
        except OSError:
            # The client has gone; the server tells the consumer.
            return
        except Exception:
            logger.exception("A socket's room failed", extra={"project": self.slug})
            self._fail(Close.SERVER_ERROR)

    async def _join(self, since: int | None) -> None:
        now = await database_sync_to_async(outbox.snapshot_of)(self.project_id)
        self._sent = now.seq if since is None else min(since, now.seq)
        await self._send(protocol.joined(self.slug, now.seq, now.stats))
        if self._sent < now.seq - REPLAYABLE:
            await self._start_anew()

    async def _go_live(self, subscription: Subscription) -> None:
        """Read the outbox until the queue holds all that comes after it."""
        subscription.is_live = False
        await self._catch_up()
        while subscription.has_missed:
            subscription.empty()
            await self._catch_up()
        subscription.is_live = True

    async def _follow(self, subscription: Subscription) -> None:
        while True:
            frame = await subscription.queue.get()
            if frame.seq > self._sent + 1:
                await self._go_live(subscription)
            await self._pass_on(frame)

    async def _catch_up(self) -> None:
        """Send what the outbox has after the last event sent; TimeoutError if nobody reads it."""
        while frames := await self._next_page():
            async with asyncio.timeout(PAGE_SECONDS):
                for frame in frames:
                    await self._pass_on(frame)

    async def _next_page(self) -> list[Frame]:
        return await database_sync_to_async(outbox.frames_after)(self.project_id, self._sent)

    async def _pass_on(self, frame: Frame) -> None:
        if frame.seq <= self._sent:
            return
        if frame.seq > self._sent + 1:
            await self._start_anew()
            return
        await self._send(frame.text)
        self._sent = frame.seq

    async def _start_anew(self) -> None:
        """Tell the client that what it misses is gone, and where the project stands."""
        now = await database_sync_to_async(outbox.snapshot_of)(self.project_id)
        await self._send(protocol.reset(self.slug, now.seq, now.stats))
        self._sent = now.seq

    def _drop(self) -> None:
        if self._task:
            self._task.cancel()
        self._fail(Close.TOO_SLOW)
