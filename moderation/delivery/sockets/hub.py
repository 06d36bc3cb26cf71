"""One hub for each event loop: it takes in frames and feeds them, in order, to all readers."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings

from moderation.delivery.sockets import bridge, outbox
from moderation.delivery.sockets.loops import PerLoop
from moderation.delivery.sockets.protocol import Frame

logger = logging.getLogger(__name__)

#: Frames that may wait for one reader before it is dropped.
QUEUE_LENGTH = 256
#: Frames that may wait to be fed; the feed reads those beyond from the outbox.
MOST_INCOMING = 2_000
#: After so many frames in a row, readers get time to take theirs.
BURST = 64
BURST_PAUSE_SECONDS = 0.02
#: How often the hub looks for events that no message announced.
HEALING_SECONDS = 1.0
ERROR_PAUSE_SECONDS = 1.0


class Subscription:
    """One reader of one project; `on_drop` is called once if it does not keep up.

    While the reader still reads the outbox it is not live: a full queue is then not its fault, and
    `has_missed` notes it.
    """

    def __init__(self, project_id: int, on_drop: Callable[[], None]) -> None:
        self.project_id = project_id
        self.queue: asyncio.Queue[Frame] = asyncio.Queue(QUEUE_LENGTH)
        self.is_live = False
        self.has_missed = False
        self._on_drop = on_drop

    def offer(self, frame: Frame) -> bool:
        """Queue the frame; drop the reader and return False if it is too slow."""
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            if self.is_live:
                self._on_drop()
                return False
            self.has_missed = True
        return True

    def empty(self) -> None:
        """Empty the queue: the reader reads the outbox instead."""
        self.has_missed = False
        while not self.queue.empty():
            self.queue.get_nowait()

    @property
    def is_filling(self) -> bool:
        return self.is_live and self.queue.qsize() > QUEUE_LENGTH - BURST


class Feed:
    """Feeds one project's frames in this loop, without a gap or a repeat, whatever comes in."""

    def __init__(self, project_id: int) -> None:
        self.project_id = project_id
        self.readers: set[Subscription] = set()
        self._incoming: deque[Frame] = deque(maxlen=MOST_INCOMING)
        self._arrived = asyncio.Event()
        self._seen = 0
        self._burst = 0
        self._started = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    @property
    def seen(self) -> int:
        """The number of the last frame that was fed; all later ones go to every reader."""
        return self._seen

    async def started(self) -> None:
        """Wait until the feed knows where it begins.

        It feeds nothing older: a reader that read the outbox earlier would miss what is committed
        between its read and the feed's.
        """
        await self._started.wait()

    def take(self, frame: Frame) -> None:
        self._incoming.append(frame)
        self._arrived.set()

    def stop(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        await _until_done(self._find_start)
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            await _until_done(self._feed_incoming)

    async def _find_start(self) -> None:
        seqs = await database_sync_to_async(outbox.last_seqs)([self.project_id])
        self._seen = seqs.get(self.project_id, 0)
        self._started.set()

    async def _feed_incoming(self) -> None:
        while self._incoming:
            frame = self._incoming[0]
            if frame.seq > self._seen + 1 or not frame.text:
                await self._heal(frame.seq)
            await self._feed(frame)
            if self._incoming and self._incoming[0] is frame:
                self._incoming.popleft()

    async def _heal(self, target: int) -> None:
        """Feed the missing frames up to a number from the outbox."""
        while self._seen < target:
            frames = await database_sync_to_async(outbox.frames_after)(self.project_id, self._seen)
            for frame in frames:
                await self._feed(frame)
            if not frames:
                # Deleted meanwhile; a reader that lacks them sees the gap and resets.
                self._seen = target

    async def _feed(self, frame: Frame) -> None:
        if frame.seq <= self._seen or not frame.text:
            return
        self._seen = frame.seq
        self.readers -= {reader for reader in self.readers if not reader.offer(frame)}
        self._burst += 1
        if self._burst >= BURST:
            self._burst = 0
            # Let the readers take their frames before there are more.
            await asyncio.sleep(0)
            if any(reader.is_filling for reader in self.readers):
                await asyncio.sleep(BURST_PAUSE_SECONDS)


class Hub:
    """The feeds of one event loop, and the tasks that bring in other processes' events."""

    def __init__(self) -> None:
        self._feeds: dict[int, Feed] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def subscribe(self, subscription: Subscription) -> int:
        """Register a reader: when this returns, all frames are in its queue or in the outbox.

        Returns the number of the last frame that may be in the outbox alone.
        """
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._heal())]
            if settings.REDIS_URL:
                self._tasks.append(asyncio.create_task(bridge.listen(self.offer)))
        feed = self._feeds.get(subscription.project_id)
        if feed is None:
            feed = self._feeds[subscription.project_id] = Feed(subscription.project_id)
        feed.readers.add(subscription)
        await feed.started()
        return feed.seen

    def unsubscribe(self, subscription: Subscription) -> None:
        feed = self._feeds.get(subscription.project_id)
        if feed is None:
            return
        feed.readers.discard(subscription)
        if not feed.readers:
            self._feeds.pop(subscription.project_id).stop()
        if not self._feeds:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def offer(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            if feed := self._feeds.get(frame.project_id):
                feed.take(frame)

    async def _heal(self) -> None:
        """Offer the last numbers now and then, so that the feeds notice frames that got lost."""

        async def offer_last_seqs() -> None:
            seqs = await database_sync_to_async(outbox.last_seqs)(list(self._feeds))
            self.offer(Frame(project_id, seq) for project_id, seq in seqs.items())

        while True:
            await asyncio.sleep(HEALING_SECONDS)
            await _until_done(offer_last_seqs)


hubs = PerLoop(Hub)


def offer_to_hubs(frames: Sequence[Frame]) -> None:
    """Hand frames to every hub of this process, from any thread."""
    for loop, hub in hubs.open():
        try:
            loop.call_soon_threadsafe(hub.offer, frames)
        except RuntimeError:
            logger.debug("An event loop closed before it took its events")


async def _until_done(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do the work; if it fails, do it again after a pause: a hub survives a lost database."""
    while True:
        try:
            return await work()
        except Exception:
            logger.exception("The hub could not read events")
            await asyncio.sleep(ERROR_PAUSE_SECONDS)
