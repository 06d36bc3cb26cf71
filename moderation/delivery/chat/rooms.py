"""The people in each channel: a message reaches all of them, whichever process they are with."""

import asyncio
import json
import logging
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

from channels.db import database_sync_to_async
from django.conf import settings

from moderation.delivery.chat.authors import ChatAuthor
from moderation.delivery.chat.messages import restored_message
from moderation.delivery.sockets import bridge
from moderation.delivery.sockets.loops import PerLoop
from moderation.delivery.sockets.outbox import Snapshot
from moderation.delivery.sockets.protocol import Close, Frame
from moderation.delivery.sockets.rooms import Room
from moderation.events.event import BAN_UPDATE, MODERATION_UPDATE, RATE_LIMITED
from moderation.lib.json_types import JsonObject
from moderation.models import BanType

logger = logging.getLogger(__name__)

GROUP = "gavel.chat"
#: Posts that may wait for one member before they are dropped.
MOST_WAITING = 256
RESTART_SECONDS = 1.0

MESSAGE, RESTORED, KICKED, BANNED, FLOODED = "message", "restored", "kicked", "banned", "flooded"
#: Kinds that only their author receives.
TO_AUTHOR = frozenset({KICKED, BANNED, FLOODED})


class Place(NamedTuple):
    project_id: int
    channel_id: str


class Post(NamedTuple):
    """Something that happened in a channel."""

    kind: str
    project_id: int
    channel_id: str
    user_id: str
    data: dict[str, Any]

    @property
    def place(self) -> Place:
        return Place(self.project_id, self.channel_id)


class Member(Protocol):
    """A connection in a channel."""

    author: ChatAuthor

    async def receive_post(self, post: Post) -> None:
        """Tell the client; may wait for it."""

    def fail(self, code: Close) -> None:
        """End, from code that cannot wait."""


class Seat:
    """A member's place in a channel, with the posts that wait for it."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self._is_left = False
        self._waiting: asyncio.Queue[Post] = asyncio.Queue(MOST_WAITING)
        self._task = asyncio.create_task(self._run())

    def offer(self, post: Post) -> None:
        if post.kind in TO_AUTHOR and post.user_id != self.member.author.user_id:
            return
        try:
            self._waiting.put_nowait(post)
        except asyncio.QueueFull:
            self.member.fail(Close.TOO_SLOW)

    def leave(self) -> None:
        self._is_left = True
        # A post may be what makes the member leave.
        if self._task is not asyncio.current_task():
            self._task.cancel()

    async def _run(self) -> None:
        while not self._is_left:
            post = await self._waiting.get()
            try:
                await self.member.receive_post(post)
            except OSError:
                return
            except Exception:
                logger.exception("A member of a chat could not be told")
                self.member.fail(Close.SERVER_ERROR)
                return


class ProjectNews:
    """Turns a project's events into posts: bans, floods and restored messages."""

    def __init__(self, hub: "ChatHub", project_id: int, slug: str) -> None:
        self._hub = hub
        self._project_id = project_id
        self._slug = slug
        self._restart: asyncio.TimerHandle | None = None
        #: The last event that was read; None until there was one.
        self._seq: int | None = None
        self._enter()

    def _enter(self) -> None:
        self._room = Room(self._project_id, self._slug, self)
        self._room.enter(self._seq)

    def stop(self) -> None:
        self._room.leave()
        if self._restart:
            self._restart.cancel()

    async def read_joined(self, _slug: str, _now: Snapshot) -> None: ...

    async def read_reset(self, _slug: str, _now: Snapshot) -> None: ...

    async def read_event(self, frame: Frame) -> None:
        self._seq = frame.seq
        names = (BAN_UPDATE, RATE_LIMITED, MODERATION_UPDATE)
        if not frame.text.startswith(tuple(f'{{"type":"{name}"' for name in names)):
            return
        event = json.loads(frame.text)
        for post in await self._posts_of(event["type"], event["data"]):
            self._hub.deliver(post)

    def fail(self, _code: Close) -> None:
        """Go on from the last event, after a pause."""
        self._room.leave()
        self._restart = asyncio.get_running_loop().call_later(RESTART_SECONDS, self._enter)

    async def _posts_of(self, kind: str, data: JsonObject) -> Iterable[Post]:
        user_id, channel_id = data["user_id"], data["channel_id"]
        if kind == MODERATION_UPDATE:
            if not data.get("restored"):
                return []
            message = await database_sync_to_async(restored_message)(data["content_id"])
            found = [(RESTORED, {**message})] if message else []
        elif kind == RATE_LIMITED:
            # A ban is told by its own event.
            found = [] if data["banned"] else [(FLOODED, {})]
        else:
            # A person may call their reason so too.
            is_flood = data["automatic"] and data["reason"] == "flood"
            banned = (FLOODED if is_flood else BANNED, {"reason": data["reason"]})
            is_over = not data["active"] or data["type"] == BanType.MUTE
            found = [] if is_over else [banned]
        channels = self._hub.channels(self._project_id) if channel_id is None else [channel_id]
        return [
            Post(name, self._project_id, channel, user_id, fields)
            for name, fields in found
            for channel in channels
        ]


class ChatHub:
    """The channels of one event loop."""

    def __init__(self) -> None:
        self._seats: dict[Place, dict[Member, Seat]] = {}
        self._news: dict[int, ProjectNews] = {}
        self._listening: asyncio.Task[None] | None = None

    def join(self, channel_id: str, member: Member) -> None:
        author = member.author
        seats = self._seats.setdefault(Place(author.project_id, channel_id), {})
        if member not in seats:
            seats[member] = Seat(member)
        if author.project_id not in self._news:
            self._news[author.project_id] = ProjectNews(self, author.project_id, author.slug)
        if settings.REDIS_URL and self._listening is None:
            self._listening = asyncio.create_task(bridge.listen_to(GROUP, self._take))

    def leave(self, channel_id: str, member: Member) -> None:
        """Take the member out of the channel; does nothing if they are not there."""
        place = Place(member.author.project_id, channel_id)
        if seat := self._seats.get(place, {}).pop(member, None):
            seat.leave()
        if place in self._seats and not self._seats[place]:
            del self._seats[place]
        if not self.channels(place.project_id):
            self.forget_news(place.project_id)
        if not self._seats and self._listening:
            self._listening.cancel()
            self._listening = None

    def channels(self, project_id: int) -> list[str]:
        """Return the project's channels with somebody in them."""
        return [place.channel_id for place in self._seats if place.project_id == project_id]

    def forget_news(self, project_id: int) -> None:
        if news := self._news.pop(project_id, None):
            news.stop()

    async def publish(self, post: Post) -> None:
        """Give a post to the channel's people here and in other processes."""
        self.deliver(post)
        if settings.REDIS_URL:
            try:
                await bridge.send_to(GROUP, [list(post)])
            except Exception as error:  # noqa: BLE001 (whatever it was, the hubs go on)
                bridge.sending.note(error, "only this process's people get its chat messages")

    def deliver(self, post: Post) -> None:
        for seat in list(self._seats.get(post.place, {}).values()):
            seat.offer(post)

    def _take(self, rows: list[list[Any]]) -> None:
        for row in rows:
            self.deliver(Post(*row))


chats = PerLoop(ChatHub)
