"""The event socket: `/ws/` and `/ws/projects/{slug}/` (docs/realtime.md)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from moderation.delivery.sockets import credentials, protocol
from moderation.delivery.sockets.base import Socket
from moderation.delivery.sockets.credentials import Credential, Refused
from moderation.delivery.sockets.limits import OverLimit, holder_of
from moderation.delivery.sockets.outbox import Snapshot
from moderation.delivery.sockets.protocol import BadMessage, Close, Frame
from moderation.delivery.sockets.rooms import Room
from moderation.delivery.sockets.watch import watches
from moderation.lib.json_types import JsonObject

#: How long a guest has to authenticate.
GUEST_SECONDS = 5.0


class EventsConsumer(Socket):
    """A reader of projects' events."""

    def prepare(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._guest_timer: asyncio.Task[None] | None = None

    def let_go(self) -> None:
        self._stop_guest_timer()
        for room in self._rooms.values():
            room.leave()
        self._rooms.clear()

    @property
    def slugs(self) -> set[str]:
        return set(self._rooms)

    # --- Admission

    async def admit(self) -> None:
        credential = await database_sync_to_async(credentials.credential_of)(
            self.headers, self.query
        )
        person = credential.person if credential else None
        self._take_slot(*holder_of(person, self.headers, self.peer))
        if credential:
            await self._accept_credential(credential)
        else:
            self._guest_timer = asyncio.create_task(self._end_guest())

    async def _accept_credential(self, credential: Credential) -> None:
        if self._is_over:
            return
        self.credential = credential
        watches.running().add(self)
        if self._path_slug is None:
            return
        try:
            since = protocol.since_of(parse_qs(self.query).get("since", [None])[0])
        except BadMessage as error:
            await self._say(protocol.error(str(error)))
            since = None
        await self._enter(self._path_slug, since)

    async def _end_guest(self) -> None:
        await asyncio.sleep(GUEST_SECONDS)
        self._guest_timer = None
        await self._refuse("Not authenticated: send a key within 5 seconds.")

    # --- Messages

    async def handle(self, text: str) -> None:
        message = protocol.decode(text)
        handlers: Mapping[str, Callable[[JsonObject], Awaitable[None]]] = {
            "authenticate": self.authenticate,
            "join_project": self.join_project,
            "leave_project": self.leave_project,
            "heartbeat": self.heartbeat,
        }
        if message["type"] not in handlers:
            raise BadMessage(f"Unknown type; send one of {', '.join(handlers)}.")
        if self.credential is None and message["type"] != "authenticate":
            raise BadMessage("Send authenticate first.")
        await handlers[message["type"]](message)

    async def authenticate(self, message: JsonObject) -> None:
        if self.credential:
            raise BadMessage("The connection is authenticated already.")
        key = message.get("api_key")
        if not isinstance(key, str):
            raise Refused("`api_key` must be a key.")
        credential = await database_sync_to_async(credentials.credential_of_key)(key)
        self._stop_guest_timer()
        await self._accept_credential(credential)

    async def join_project(self, message: JsonObject) -> None:
        await self._enter(protocol.project_of(message), protocol.since_of(message.get("since")))

    async def leave_project(self, message: JsonObject) -> None:
        slug = protocol.project_of(message)
        room = self._rooms.pop(slug, None)
        if room is None:
            raise BadMessage("The project was not joined.")
        room.leave()
        await self._say(protocol.left(slug))

    async def heartbeat(self, _message: JsonObject) -> None:
        await self._say(protocol.heartbeat())

    async def _enter(self, slug: str, since: int | None) -> None:
        assert self.credential
        caller = await database_sync_to_async(self.credential.caller_for)(slug)
        if self._is_over:
            return
        if caller is None and slug == self._path_slug:
            await self.lose(slug)
        elif caller is None:
            await self._say(protocol.project_access_denied(slug))
        else:
            # Joining again starts again, perhaps from another number.
            if old := self._rooms.pop(slug, None):
                old.leave()
            if len(self._rooms) >= settings.WS_ROOMS_PER_CONNECTION:
                raise OverLimit("rooms")
            self._rooms[slug] = Room(caller.project.pk, slug, self)
            self._rooms[slug].enter(since)

    # --- Called by the rooms

    async def read_joined(self, slug: str, now: Snapshot) -> None:
        await self.send(protocol.joined(slug, now.seq, now.stats))

    async def read_event(self, frame: Frame) -> None:
        await self.send(frame.text)

    async def read_reset(self, slug: str, now: Snapshot) -> None:
        await self.send(protocol.reset(slug, now.seq, now.stats))

    def _stop_guest_timer(self) -> None:
        if self._guest_timer:
            self._guest_timer.cancel()
            self._guest_timer = None

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
