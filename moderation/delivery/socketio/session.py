"""One client of Socket.IO: who it is, the projects that it joined, and what it may not do."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from engineio.async_socket import AsyncSocket

from moderation.accounts.callers import Caller
from moderation.accounts.permissions import may
from moderation.delivery.chat.authors import ChatCredential
from moderation.delivery.socketio.chat import Chat
from moderation.delivery.socketio.packets import packet, packets_of
from moderation.delivery.sockets import protocol
from moderation.delivery.sockets.credentials import Credential
from moderation.delivery.sockets.limits import MessageRate, OverLimit, slots
from moderation.delivery.sockets.outbox import Snapshot
from moderation.delivery.sockets.protocol import BadMessage, Close, Frame
from moderation.delivery.sockets.rooms import Room
from moderation.delivery.sockets.watch import watches
from moderation.lib.json_types import JsonObject

logger = logging.getLogger(__name__)

#: Packets that may wait in a client's queue before its rooms wait for it.
MOST_QUEUED = 64
#: A client that lets so many answers wait is disconnected.
MOST_ANSWERS = 1_000
MODERATORS = "moderators:"
NOT_AUTHENTICATED = "Authentication required: send a key or a chat token, or sign in."
ENDS: Mapping[Close, str] = {
    Close.TOO_SLOW: "You read too slowly. Join again with `since` to get what you missed.",
    Close.SERVER_ERROR: "Server error occurred",
}

Disconnect = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class RoomCredential:
    """A credential that also answers for the moderators' rooms, such as `moderators:forum`."""

    inner: Credential

    @property
    def is_alive(self) -> bool:
        return self.inner.is_alive

    @property
    def person(self) -> str | None:
        return self.inner.person

    def caller_for(self, room: str) -> Caller | None:
        slug = room.removeprefix(MODERATORS)
        caller = self.inner.caller_for(slug)
        if caller and slug != room and not may(caller, "review"):
            return None
        return caller


class Session:
    def __init__(self, engine_socket: AsyncSocket, disconnect: Disconnect) -> None:
        self.credential: Credential | None = None
        self.chat: Chat | None = None
        self._engine_socket = engine_socket
        self._disconnect = disconnect
        self._rooms: dict[str, Room] = {}
        #: The projects that it moderates: slug → primary key.
        self._moderated: dict[str, int] = {}
        self._rate = MessageRate(settings.WS_EVENTS_PER_MINUTE)
        self._slot: str | None = None
        self._ending: asyncio.Task[None] | None = None
        self._is_over = False

    def take_slot(self, holder: str, most: int) -> None:
        """Count the connection for its holder; raise `OverLimit` if they have too many."""
        slots.take(holder, most)
        self._slot = holder

    def accept(self, credential: Credential, origin: str) -> None:
        """Let the client in; origin: of this server, as the client calls it."""
        self.credential = RoomCredential(credential)
        if isinstance(credential, ChatCredential):
            refuse = partial(self.refuse, NOT_AUTHENTICATED)
            self.chat = Chat(credential.author, origin, self, refuse)
        watches.running().add(self)

    def let_go(self) -> None:
        """Forget the client; may be called again."""
        self._is_over = True
        for room in self._rooms.values():
            room.leave()
        self._rooms.clear()
        if self.chat:
            self.chat.leave_all()
        watches.running().remove(self)
        if self._slot:
            slots.give_back(self._slot)
            self._slot = None

    # --- What the client sends

    async def handle(self, event: str, data: Any) -> None:
        """Do what the client asks for, or answer with `error`."""
        try:
            self._rate.count()
            await self._handle(event, data if isinstance(data, dict) else {})
        except BadMessage as error:
            await self.tell("error", {"message": str(error)})
        except OverLimit as error:
            await self.tell("error", {"message": over_limit(str(error))})

    async def _handle(self, event: str, data: JsonObject) -> None:
        handlers: Mapping[str, Callable[[JsonObject], Awaitable[None]]] = {
            "join_project": self.join_project,
            "leave_project": self.leave_project,
            "heartbeat": self.heartbeat,
            "join_channel": self.chat.join_channel if self.chat else no_chat,
            "leave_channel": self.chat.leave_channel if self.chat else no_chat,
            "new_message": self.chat.new_message if self.chat else no_chat,
        }
        if event not in handlers:
            raise BadMessage(f"Unknown event; send one of {', '.join(handlers)}.")
        await handlers[event](data)

    async def join_project(self, data: JsonObject) -> None:
        slug, since = project_of(data), protocol.since_of(data.get("since"))
        assert self.credential
        if self.chat and self.chat.is_unnamed_guest:
            await self.refuse(NOT_AUTHENTICATED)
            return
        caller = await database_sync_to_async(self.credential.caller_for)(slug)
        if self._is_over:
            return
        if caller is None:
            await self._deny(slug)
            return
        # Joining again starts again, perhaps from another number.
        self._leave(slug)
        if len(self._rooms) >= settings.WS_ROOMS_PER_CONNECTION:
            raise OverLimit("rooms")
        if may(caller, "review"):
            self._moderated[slug] = caller.project.pk
        self._rooms[slug] = Room(caller.project.pk, slug, self)
        self._rooms[slug].enter(since)

    async def leave_project(self, data: JsonObject) -> None:
        slug = project_of(data)
        if not self._leave(slug):
            raise BadMessage("The project was not joined.")
        await self.tell("left_project", {"project_id": slug})

    async def heartbeat(self, _data: JsonObject) -> None:
        await self.tell("heartbeat", {})

    def _leave(self, slug: str) -> bool:
        self._moderated.pop(slug, None)
        room = self._rooms.pop(slug, None)
        if room:
            room.leave()
        return room is not None

    async def _deny(self, slug: str) -> None:
        fields = {"message": protocol.ACCESS_DENIED, "project_id": slug}
        await self.tell("project_access_denied", fields)

    # --- What the client receives

    async def tell(self, event: str, data: Mapping[str, object]) -> None:
        """Answer without waiting for the client to read."""
        if self._is_over:
            return
        if self._engine_socket.queue.qsize() >= MOST_ANSWERS:
            self.fail(Close.TOO_SLOW)
            return
        await self._engine_socket.server.send(self._engine_socket.sid, packet(event, data))

    async def _send(self, text: str) -> None:
        """Send a packet once the client has read those before."""
        queue = self._engine_socket.queue
        if queue.qsize() >= MOST_QUEUED:
            await queue.join()
        await self._engine_socket.server.send(self._engine_socket.sid, text)

    async def read_joined(self, slug: str, now: Snapshot) -> None:
        await self._send(packet("joined_project", {"project_id": slug, "seq": now.seq}))
        # Without `seq`: a client that resumes has yet to receive the events before it.
        await self._send(packet("stats_update", {**now.stats, "project_id": slug}))

    async def read_event(self, frame: Frame) -> None:
        event, alert = packets_of(frame)
        await self._send(event)
        if alert and frame.project_id in self._moderated.values():
            await self._send(alert)

    async def read_reset(self, slug: str, now: Snapshot) -> None:
        await self._send(packet("reset", {"project_id": slug, "seq": now.seq, "stats": now.stats}))

    # --- Ends

    @property
    def slugs(self) -> set[str]:
        return set(self._rooms) | {MODERATORS + slug for slug in self._moderated}

    async def end(self) -> None:
        await self.refuse("The key or session is no longer valid.")

    async def lose(self, slug: str) -> None:
        if slug.startswith(MODERATORS):
            self._moderated.pop(slug.removeprefix(MODERATORS), None)
            return
        await self._deny(slug)
        await self._close()

    async def refuse(self, reason: str) -> None:
        await self.tell("authentication_failed", {"message": reason})
        await self._close()

    def fail(self, code: Close) -> None:
        self._ending = asyncio.create_task(self._fail(code))

    async def _fail(self, code: Close) -> None:
        if not self._is_over:
            text = packet("error", {"message": ENDS[code], "code": code})
            await self._engine_socket.server.send(self._engine_socket.sid, text)
        await self._close()

    async def _close(self) -> None:
        if not self._is_over:
            self.let_go()
            await self._disconnect(self._engine_socket.sid)


async def no_chat(_data: JsonObject) -> None:
    raise BadMessage("Chat needs a chat token.")


def project_of(data: JsonObject) -> str:
    slug = data.get("project_id")
    if not slug:
        raise BadMessage("Project ID required")
    if not isinstance(slug, str) or len(slug) > protocol.MAX_SLUG_LENGTH:
        raise BadMessage("Invalid project ID format")
    return slug


def over_limit(what: str) -> str:
    if what == "rooms":
        return f"Too many rooms: at most {settings.WS_ROOMS_PER_CONNECTION} for one connection."
    if what == "connections":
        return "Too many connections from your address."
    return f"Too many events: at most {settings.WS_EVENTS_PER_MINUTE} a minute."
