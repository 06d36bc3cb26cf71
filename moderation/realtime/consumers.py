"""The event socket: `/ws/` and `/ws/projects/{slug}/` (CONTRACT section 6)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from moderation.identity import client_address
from moderation.realtime import credentials, protocol
from moderation.realtime.credentials import Credential, Refused
from moderation.realtime.limits import PER_PERSON, MessageRate, OverLimit, slots
from moderation.realtime.protocol import BadMessage, Close
from moderation.realtime.rooms import Room
from moderation.realtime.watch import watches

#: How long a guest has to authenticate.
GUEST_SECONDS = 5.0
#: How long a last word may take to a client that does not read.
LAST_WORD_SECONDS = 1.0

Message = dict[str, Any]


class EventsConsumer(AsyncWebsocketConsumer):
    # Events come through the hub; a layer's channel for each socket would be idle.
    channel_layer_alias = "none"

    async def connect(self) -> None:
        self.credential: Credential | None = None
        self._rooms: dict[str, Room] = {}
        self._rate = MessageRate(settings.WS_EVENTS_PER_MINUTE)
        self._slot: str | None = None
        self._guest_timer: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._is_over = False
        # Browsers see a close code only on a connection that was accepted.
        await self.accept()
        await self._answer_errors(self._admit())

    async def disconnect(self, code: int) -> None:
        self._is_over = True
        self._let_go()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self._is_over:
            await self._answer_errors(self._handle(text_data))

    # --- Asked by the watch

    @property
    def slugs(self) -> set[str]:
        return set(self._rooms)

    async def end(self) -> None:
        await self._refuse("The key or session is no longer valid.")

    async def lose(self, slug: str) -> None:
        await self._close(Close.ACCESS_DENIED, protocol.project_access_denied(slug))

    # --- Admission

    async def _admit(self) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in self._headers}
        found = await database_sync_to_async(credentials.credential_of)(headers, self._query)
        self._take_slot(found, headers.get("x-forwarded-for"))
        if found:
            await self._accept_credential(found)
        else:
            self._guest_timer = asyncio.create_task(self._end_guest())

    def _take_slot(self, credential: Credential | None, forwarded_for: str | None) -> None:
        if credential and credential.user_id is not None:
            slot, most = f"user:{credential.user_id}", PER_PERSON
        else:
            peer = (self.scope.get("client") or [""])[0]
            slot = f"address:{client_address(peer, forwarded_for)}"
            most = settings.WS_MAX_CONNECTIONS_PER_IP
        slots.take(slot, most)
        self._slot = slot

    async def _accept_credential(self, credential: Credential) -> None:
        if self._is_over:
            return
        self.credential = credential
        watches.running().add(self)
        if self._path_slug is not None:
            await self._enter(self._path_slug, await self._since_in_query())

    async def _since_in_query(self) -> int | None:
        try:
            return protocol.since_of(parse_qs(self._query).get("since", [None])[0])
        except BadMessage as error:
            await self._say(protocol.error(str(error)))
            return None

    async def _end_guest(self) -> None:
        await asyncio.sleep(GUEST_SECONDS)
        self._guest_timer = None
        await self._refuse("Nobody signed in: send a key within 5 seconds.")

    # --- Messages

    async def _handle(self, text: str | None) -> None:
        self._rate.count()
        if text is None:
            raise BadMessage("Binary messages are not understood; send JSON as text.")
        message = protocol.decode(text)
        handlers = self._handlers
        if message["type"] not in handlers:
            raise BadMessage(f"The type is none of {', '.join(handlers)}.")
        if self.credential is None and message["type"] != "authenticate":
            raise BadMessage("Send authenticate first.")
        await handlers[message["type"]](message)

    @property
    def _handlers(self) -> Mapping[str, Callable[[Message], Awaitable[None]]]:
        return {
            "authenticate": self._authenticate,
            "join_project": self._join,
            "leave_project": self._leave,
            "heartbeat": self._heartbeat,
        }

    async def _authenticate(self, message: Message) -> None:
        if self.credential:
            raise BadMessage("The connection is authenticated already.")
        key = message.get("api_key")
        if not isinstance(key, str):
            raise Refused("`api_key` must be a key.")
        found = await database_sync_to_async(credentials.credential_of_key)(key)
        self._stop_guest_timer()
        await self._accept_credential(found)

    async def _join(self, message: Message) -> None:
        await self._enter(protocol.project_of(message), protocol.since_of(message.get("since")))

    async def _leave(self, message: Message) -> None:
        slug = protocol.project_of(message)
        room = self._rooms.pop(slug, None)
        if room is None:
            raise BadMessage("The project was not joined.")
        room.leave()
        await self._say(protocol.left(slug))

    async def _heartbeat(self, message: Message) -> None:
        await self._say(protocol.heartbeat())

    async def _enter(self, slug: str, since: int | None) -> None:
        assert self.credential
        caller = await database_sync_to_async(self.credential.caller_for)(slug)
        if caller is None:
            await self._deny(slug)
        elif not self._is_over:
            self._replace_room(Room(caller.project.pk, slug, self.send, self._fail))
            self._rooms[slug].enter(since)

    def _replace_room(self, room: Room) -> None:
        """Put the room in its place; who joins again starts again, from another number perhaps."""
        if old := self._rooms.pop(room.slug, None):
            old.leave()
        if len(self._rooms) >= settings.WS_ROOMS_PER_CONNECTION:
            raise OverLimit("rooms")
        self._rooms[room.slug] = room

    async def _deny(self, slug: str) -> None:
        if slug == self._path_slug:
            await self.lose(slug)
        else:
            await self._say(protocol.project_access_denied(slug))

    # --- Ends

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

    def _fail(self, code: Close) -> None:
        """Close from a place that cannot wait, e.g. while another task is sending."""
        self._ending = asyncio.create_task(self._close(code))

    async def _close(self, code: Close, last_word: str | None = None) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._let_go()
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(LAST_WORD_SECONDS):
                if last_word:
                    await self.send(last_word)
        with suppress(OSError):
            await self.close(code)

    def _let_go(self) -> None:
        self._stop_guest_timer()
        for room in self._rooms.values():
            room.leave()
        self._rooms.clear()
        watches.running().remove(self)
        if self._slot:
            slots.give_back(self._slot)
            self._slot = None

    def _stop_guest_timer(self) -> None:
        if self._guest_timer:
            self._guest_timer.cancel()
            self._guest_timer = None

    # --- The connection

    @property
    def _headers(self) -> list[tuple[bytes, bytes]]:
        return list(self.scope["headers"])

    @property
    def _query(self) -> str:
        return self.scope["query_string"].decode("latin-1")

    @property
    def _path_slug(self) -> str | None:
        return self.scope["url_route"]["kwargs"].get("slug")


class UnknownPath(AsyncWebsocketConsumer):
    """Answers sockets at addresses that do not exist."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.accept()
        await self.send(protocol.error("There is no socket at this address."))
        await self.close(Close.NO_SUCH_PATH)
