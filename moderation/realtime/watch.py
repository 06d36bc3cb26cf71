"""Ask every socket's credential again every two seconds, each credential once for all sockets."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from channels.db import database_sync_to_async

from moderation.realtime.credentials import Credential, recheck
from moderation.realtime.loops import PerLoop

logger = logging.getLogger(__name__)

#: A socket closes within 5 s of the loss (CONTRACT section 6).
RECHECK_SECONDS = 2.0


class Watched(Protocol):
    credential: Credential | None

    @property
    def slugs(self) -> set[str]:
        """The projects that the socket has joined."""

    async def end(self) -> None:
        """Close: the credential is no longer valid."""

    async def lose(self, slug: str) -> None:
        """Close: the project may no longer be read."""


class Watch:
    """The sockets of one event loop; runs while there are any."""

    def __init__(self) -> None:
        self._sockets: set[Watched] = set()
        self._task: asyncio.Task[None] | None = None

    def add(self, socket: Watched) -> None:
        self._sockets.add(socket)
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def remove(self, socket: Watched) -> None:
        self._sockets.discard(socket)
        if not self._sockets and self._task:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                await self._recheck()
            except Exception:
                logger.exception("Sockets' credentials could not be checked")

    async def _recheck(self) -> None:
        joined: defaultdict[Credential, set[str]] = defaultdict(set)
        for socket in self._sockets:
            if socket.credential:
                joined[socket.credential] |= socket.slugs
        found = await database_sync_to_async(recheck)(joined)
        # Concurrently: a socket whose client does not read must not hold up the others' closing.
        await asyncio.gather(*self._closings(found), return_exceptions=True)

    def _closings(self, found: dict[Credential, set[str] | None]) -> Iterable[asyncio.Task[None]]:
        for socket in list(self._sockets):
            if socket.credential not in found:
                continue
            lost = found[socket.credential]
            if lost is None:
                yield asyncio.create_task(socket.end())
            elif gone := sorted(lost & socket.slugs):
                yield asyncio.create_task(socket.lose(gone[0]))


watches = PerLoop(Watch)
