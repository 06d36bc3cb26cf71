"""Check the credentials of open sockets every two seconds, each credential once."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Coroutine
from typing import Any, Protocol

from channels.db import database_sync_to_async

from moderation.delivery.sockets.credentials import Credential, recheck
from moderation.delivery.sockets.loops import PerLoop

logger = logging.getLogger(__name__)

#: A socket closes within 5 s after its credential ends (docs/realtime.md, "Close codes").
RECHECK_SECONDS = 2.0


class WatchedSocket(Protocol):
    credential: Credential | None

    @property
    def slugs(self) -> set[str]:
        """The projects that the socket has joined."""

    async def end(self) -> None:
        """Close: the credential is no longer valid."""

    async def lose(self, slug: str) -> None:
        """Close: the project may no longer be read."""


class CredentialWatch:
    """The sockets of one event loop; runs while there are any."""

    def __init__(self) -> None:
        self._sockets: set[WatchedSocket] = set()
        self._task: asyncio.Task[None] | None = None
        #: Nobody waits for them: a socket whose client does not read must not keep the others open,
        #: and the last socket ends the watch before it has said goodbye.
        self._closings: set[asyncio.Task[None]] = set()

    def add(self, socket: WatchedSocket) -> None:
        self._sockets.add(socket)
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def remove(self, socket: WatchedSocket) -> None:
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
        lost_by_credential = await database_sync_to_async(recheck)(joined)
        for socket in self._sockets:
            if socket.credential not in lost_by_credential:
                continue
            lost = lost_by_credential[socket.credential]
            if lost is None:
                self._close(socket.end())
            elif unreadable := sorted(lost & socket.slugs):
                self._close(socket.lose(unreadable[0]))

    def _close(self, closing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(closing)
        self._closings.add(task)
        task.add_done_callback(self._closed)

    def _closed(self, task: asyncio.Task[None]) -> None:
        self._closings.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.debug("A socket could not be closed", exc_info=error)


watches = PerLoop(CredentialWatch)
