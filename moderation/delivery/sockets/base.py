"""What every WebSocket of ours has: a slot, a limit on messages, and an end that browsers see."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from moderation.delivery.sockets import protocol
from moderation.delivery.sockets.credentials import Credential, Refused
from moderation.delivery.sockets.limits import MessageRate, OverLimit, slots
from moderation.delivery.sockets.protocol import BadMessage, Close
from moderation.delivery.sockets.watch import watches

#: How long sending the last message to a client that does not read may take.
LAST_MESSAGE_SECONDS = 1.0


class Socket(AsyncWebsocketConsumer):
    """A socket; subclasses admit clients, handle their messages and let go of what they hold."""

    # Events come through the hub: a channel of the layer for each socket would be idle.
    channel_layer_alias = "none"

    async def connect(self) -> None:
        self.credential: Credential | None = None
        self._rate = MessageRate(settings.WS_EVENTS_PER_MINUTE)
        self._slot: str | None = None
        self._ending: asyncio.Task[None] | None = None
        self._is_over = False
        self.prepare()
        # Browsers see a close code only on a connection that was accepted.
        await self.accept()
        await self._answer_errors(self.admit())

    async def disconnect(self, _code: int) -> None:
        self._is_over = True
        self._let_go()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:  # noqa: ARG002 (Channels's signature)
        if not self._is_over:
            await self._answer_errors(self._count_and_handle(text_data))

    # --- For subclasses

    def prepare(self) -> None:
        """Set what `let_go` needs, before anything can fail."""

    async def admit(self) -> None:
        raise NotImplementedError

    async def handle(self, text: str) -> None:
        raise NotImplementedError

    def let_go(self) -> None:
        """Leave all rooms; may be called again."""

    # --- Called by the watch and by the rooms

    @property
    def slugs(self) -> set[str]:
        return set()

    async def end(self) -> None:
        await self._refuse("The key or session is no longer valid.")

    async def lose(self, slug: str) -> None:
        await self._close(Close.ACCESS_DENIED, protocol.project_access_denied(slug))

    def fail(self, code: Close) -> None:
        self._ending = asyncio.create_task(self._close(code))

    # --- Ends

    async def _count_and_handle(self, text: str | None) -> None:
        self._rate.count()
        if text is None:
            raise BadMessage("Binary messages are not supported; send JSON as text.")
        await self.handle(text)

    def _take_slot(self, holder: str, most: int) -> None:
        slots.take(holder, most)
        self._slot = holder

    async def _say(self, text: str) -> None:
        if not self._is_over:
            await self.send(text)

    async def _answer_errors(self, work: Awaitable[None]) -> None:
        try:
            await work
        except BadMessage as error:
            await self._say(protocol.error(str(error)))
        except Refused as refusal:
            await self._refuse(str(refusal))
        except OverLimit:
            await self._close(Close.OVER_LIMIT, protocol.rate_limited())

    async def _refuse(self, reason: str) -> None:
        await self._close(Close.NOT_AUTHENTICATED, protocol.authentication_failed(reason))

    async def _close(self, code: Close, last_message: str | None = None) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._let_go()
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(LAST_MESSAGE_SECONDS):
                if last_message:
                    await self.send(last_message)
        with suppress(OSError):
            await self.close(code)

    def _let_go(self) -> None:
        self.let_go()
        watches.running().remove(self)
        if self._slot:
            slots.give_back(self._slot)
            self._slot = None

    # --- The connection

    @property
    def headers(self) -> dict[str, str]:
        return {
            name.decode("latin-1"): value.decode("latin-1") for name, value in self.scope["headers"]
        }

    @property
    def peer(self) -> str:
        return (self.scope.get("client") or [""])[0]

    @property
    def query(self) -> str:
        return self.scope["query_string"].decode("latin-1")
