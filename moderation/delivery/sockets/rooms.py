"""A reader's place in one project: first the events that it missed, then the live ones."""

import asyncio
import logging
from typing import Protocol

from channels.db import database_sync_to_async

from moderation.delivery.sockets import outbox
from moderation.delivery.sockets.hub import Subscription, hubs
from moderation.delivery.sockets.outbox import Snapshot
from moderation.delivery.sockets.protocol import Close, Frame

logger = logging.getLogger(__name__)

#: Numbered events that can be replayed (docs/realtime.md, "Resuming"); older ones may
#: still be stored.
REPLAYABLE = 10_000
#: How long a reader may take for one page of a replay.
PAGE_SECONDS = 30.0


class Reader(Protocol):
    """Who reads a project's events; writing to it may wait, and raises OSError once it is gone."""

    async def read_joined(self, slug: str, now: Snapshot) -> None:
        """Take the project's newest number and figures: its events follow."""

    async def read_event(self, frame: Frame) -> None: ...

    async def read_reset(self, slug: str, now: Snapshot) -> None:
        """Take where the project is now: the events before are gone."""

    def fail(self, code: Close) -> None:
        """End, from code that cannot wait."""


class Room:
    """Gives one project's events to one reader, each exactly once, until it is left."""

    def __init__(self, project_id: int, slug: str, reader: Reader) -> None:
        self.project_id = project_id
        self.slug = slug
        self._reader = reader
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
            subscription = await self._begin(since)
            while True:
                frame = await subscription.queue.get()
                if frame.seq > self._sent + 1:
                    await self._go_live(subscription)
                await self._pass_on(frame)
        except TimeoutError:
            self._reader.fail(Close.TOO_SLOW)
        except OSError:
            # The client has gone; the server tells the consumer.
            return
        except Exception:
            logger.exception("A socket's room failed", extra={"project": self.slug})
            self._reader.fail(Close.SERVER_ERROR)

    async def _begin(self, since: int | None) -> Subscription:
        """Tell the reader where the project is and what it missed; return its live frames."""
        now = await database_sync_to_async(outbox.snapshot_of)(self.project_id)
        self._sent = now.seq if since is None else min(since, now.seq)
        await self._reader.read_joined(self.slug, now)
        if self._sent < now.seq - REPLAYABLE:
            await self._reset()
        # Subscribe only when little is missing: a long replay must not fill the queue.
        if self._sent < now.seq:
            await self._catch_up()
        self._subscription = subscription = Subscription(self.project_id, self._drop)
        fed = await hubs.running().subscribe(subscription)
        # Most readers miss nothing, and then need not ask the outbox.
        if fed > self._sent or subscription.has_missed:
            await self._go_live(subscription)
        else:
            subscription.is_live = True
        return subscription

    async def _go_live(self, subscription: Subscription) -> None:
        """Read the outbox until the queue holds all that comes after it."""
        subscription.is_live = False
        await self._catch_up()
        while subscription.has_missed:
            subscription.empty()
            await self._catch_up()
        subscription.is_live = True

    async def _catch_up(self) -> None:
        """Send what the outbox has after the last event sent; TimeoutError if nobody reads it."""
        read_page = database_sync_to_async(outbox.frames_after)
        while frames := await read_page(self.project_id, self._sent):
            async with asyncio.timeout(PAGE_SECONDS):
                for frame in frames:
                    await self._pass_on(frame)

    async def _pass_on(self, frame: Frame) -> None:
        if frame.seq <= self._sent:
            return
        if frame.seq > self._sent + 1:
            await self._reset()
            return
        await self._reader.read_event(frame)
        self._sent = frame.seq

    async def _reset(self) -> None:
        """Tell the client that the events it lacks are gone, and where the project is now."""
        now = await database_sync_to_async(outbox.snapshot_of)(self.project_id)
        await self._reader.read_reset(self.slug, now)
        self._sent = now.seq

    def _drop(self) -> None:
        if self._task:
            self._task.cancel()
        self._reader.fail(Close.TOO_SLOW)
