"""Chat over Socket.IO: channels, messages, and what authors are told about theirs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from channels.db import database_sync_to_async
from django.conf import settings

from moderation.delivery.chat import messages
from moderation.delivery.chat.authors import ChatAuthor
from moderation.delivery.chat.messages import Sent
from moderation.delivery.chat.rooms import BANNED, FLOODED, MESSAGE, RESTORED, Post, chats
from moderation.delivery.sockets.limits import OverLimit
from moderation.delivery.sockets.protocol import BadMessage, Close
from moderation.engine.verdict.verdict import VerdictKind
from moderation.lib.errors import GavelError
from moderation.lib.json_types import JsonObject
from moderation.pipeline.answers import links_of
from moderation.pipeline.legacy_actions import REFUSED

#: How long a guest who named nobody may do nothing.
GUEST_SECONDS = 2.0
WARNING = "Your message contains content that may violate community guidelines."


class Client(Protocol):
    async def tell(self, event: str, data: Mapping[str, object]) -> None: ...
    def fail(self, code: Close) -> None: ...


class Chat:
    """One author's channels on one connection."""

    def __init__(
        self, author: ChatAuthor, origin: str, client: Client, refuse: Callable[[], Awaitable[None]]
    ) -> None:
        self.author = author
        self._origin = origin
        self._client = client
        self._channels: set[str] = set()
        self._guest_timer: asyncio.Task[None] | None = None
        #: Whether nobody said who this is, and they have not chatted yet.
        self.is_unnamed_guest = author.is_unnamed
        if self.is_unnamed_guest:
            self._guest_timer = asyncio.create_task(self._end_guest(refuse))

    async def _end_guest(self, refuse: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(GUEST_SECONDS)
        if self.is_unnamed_guest:
            self._guest_timer = None
            await refuse()

    # --- What the client sends

    async def join_channel(self, data: JsonObject) -> None:
        channel_id = self._channel_of(data)
        if channel_id not in self._channels:
            if len(self._channels) >= settings.WS_ROOMS_PER_CONNECTION:
                raise OverLimit("rooms")
            self._channels.add(channel_id)
            chats.running().join(channel_id, self)
        await self._client.tell("joined_channel", {"channel_id": channel_id})

    async def leave_channel(self, data: JsonObject) -> None:
        channel_id = self._channel_of(data)
        if channel_id not in self._channels:
            raise BadMessage("The channel was not joined.")
        self._channels.remove(channel_id)
        chats.running().leave(channel_id, self)
        await self._client.tell("left_channel", {"channel_id": channel_id})

    async def new_message(self, data: JsonObject) -> None:
        channel_id = self._channel_of(data)
        nested = data.get("message")
        draft = messages.draft_of(
            self.author, channel_id, nested if isinstance(nested, dict) else data
        )
        try:
            sent = await database_sync_to_async(messages.send)(draft)
        except GavelError as error:
            raise BadMessage(error.detail) from error
        await self._answer(sent)

    def leave_all(self) -> None:
        if self._guest_timer and self._guest_timer is not asyncio.current_task():
            self._guest_timer.cancel()
        for channel_id in self._channels:
            chats.running().leave(channel_id, self)
        self._channels.clear()

    def _channel_of(self, data: JsonObject) -> str:
        channel_id = messages.text_id("channel_id", data.get("channel_id"))
        if not self.author.may_enter(channel_id):
            raise BadMessage("The chat token is for another channel.")
        self.is_unnamed_guest = False
        return channel_id

    # --- What the client receives

    async def _answer(self, sent: Sent) -> None:
        log = sent.log
        if not log.is_approved:
            await self._client.tell("message_blocked", self._block_of(sent))
            return
        if sent.is_shown:
            post = Post(
                MESSAGE,
                self.author.project_id,
                log.channel_id,
                log.user_id,
                {**messages.message_of(log, sent.action)},
            )
            await chats.running().publish(post)
        if log.verdict == VerdictKind.WARN:
            warning = {"message_id": log.message_id, "warning": WARNING, "reasons": log.reasons}
            await self._client.tell("moderation_warning", warning)

    def _block_of(self, sent: Sent) -> dict[str, object]:
        log = sent.log
        # Of an author who may not write at all, that is the only reason.
        reasons = [log.action] if log.action in REFUSED else log.reasons
        appeal_url = links_of(sent.outcome, lambda path: self._origin + path)["appeal_url"]
        return {
            "message_id": log.message_id,
            "channel_id": log.channel_id,
            "reason": f"Your message was blocked due to: {', '.join(reasons)}",
            "reasons": reasons,
            "message": log.message,
            "severity": log.severity,
            "appeal_available": appeal_url is not None,
            "appeal_url": appeal_url,
        }

    async def receive_post(self, post: Post) -> None:
        if post.kind in (MESSAGE, RESTORED):
            event = "message_received" if post.kind == MESSAGE else "message_restored"
            await self._client.tell(event, received(post.data))
        elif post.kind == BANNED:
            fields = {"channel_id": post.channel_id, "reason": post.data["reason"]}
            await self._client.tell("banned", fields)
        elif post.kind == FLOODED:
            await self._client.tell("rate_limited", {"channel_id": post.channel_id})

    def fail(self, code: Close) -> None:
        self._client.fail(code)


def received(message: Mapping[str, object]) -> dict[str, object]:
    """Return a message as AuraFlow's clients read it."""
    shown = {name: value for name, value in message.items() if name != "older_action"}
    return {
        **shown,
        "id": message["message_id"],
        "created_at": message["timestamp"],
        "is_blocked": False,
    }
