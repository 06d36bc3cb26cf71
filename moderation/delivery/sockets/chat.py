"""The chat sockets: `/ws/chat/{chat_id}` and `/ws/chat-with-ratelimit/{chat_id}`."""

import asyncio
from ipaddress import ip_address
from urllib.parse import parse_qs

from channels.db import database_sync_to_async

from moderation.delivery.chat import messages
from moderation.delivery.chat.authors import (
    ChatAuthor,
    ChatCredential,
    ban_of,
    credential_of_guest,
    credential_of_token,
)
from moderation.delivery.chat.messages import Draft, Sent
from moderation.delivery.chat.rooms import BANNED, FLOODED, KICKED, MESSAGE, Post, chats
from moderation.delivery.sockets import protocol
from moderation.delivery.sockets.base import Socket
from moderation.delivery.sockets.credentials import Refused, is_same_origin
from moderation.delivery.sockets.limits import holder_of
from moderation.delivery.sockets.protocol import BadMessage, Close
from moderation.delivery.sockets.watch import watches
from moderation.lib.errors import GavelError
from moderation.pipeline.legacy_actions import BAN, KICK

FLOOD_REASON = "Too many violations in short time"
BANNED_REASON = "User is banned"
CLOSES = {KICKED: Close.ACCESS_DENIED, BANNED: Close.ACCESS_DENIED, FLOODED: Close.OVER_LIMIT}
TYPES = {KICKED: "kicked", BANNED: "banned", FLOODED: "rate_limited"}


class ChatConsumer(Socket):
    """An author in one chat, where strikes and bans follow the project's policy."""

    @staticmethod
    def moderate(draft: Draft) -> Sent:
        return messages.send_as_bloom(draft)

    def prepare(self) -> None:
        self.author: ChatAuthor
        self._is_member = False
        # What a message brings its author is told before what others tell about it.
        self._speaking = asyncio.Lock()

    async def admit(self) -> None:
        credential = await database_sync_to_async(self._find_credential)()
        self._take_slot(*holder_of(credential.person, self.headers, self.peer))
        self.credential, self.author = credential, credential.author
        if not self.author.may_enter(self.chat_id):
            text = "The chat token is for another chat."
            await self._close(Close.ACCESS_DENIED, protocol.error(text))
            return
        ban = await database_sync_to_async(ban_of)(self.author, self.chat_id)
        if self._is_over:
            return
        if ban:
            await self._leave(BANNED, BANNED_REASON)
            return
        watches.running().add(self)
        chats.running().join(self.chat_id, self)
        self._is_member = True

    async def handle(self, text: str) -> None:
        if not self._is_member:
            raise BadMessage("The connection is not admitted yet.")
        fields = protocol.decode_object(text)
        language = self.headers.get("accept-language", "")
        draft = messages.draft_of(self.author, self.chat_id, fields, accept_language=language)
        async with self._speaking:
            try:
                sent = await database_sync_to_async(self.moderate)(draft)
            except GavelError as error:
                raise BadMessage(error.detail) from error
            await self.answer(sent)

    async def answer(self, sent: Sent) -> None:
        """Show the message to everybody, or tell its author why not."""
        if sent.action is None:
            await self._show(sent)
            return
        warning = {"action": sent.action, "reason": sent.reason, "blocked": True}
        await self._say(protocol.encode({"type": "moderation_warning", **warning}))
        if sent.is_barred or sent.action == BAN:
            await self._expel(BANNED, sent.reason)
        elif sent.action == KICK:
            await self._expel(KICKED, sent.reason)

    async def receive_post(self, post: Post) -> None:
        async with self._speaking:
            if post.kind in CLOSES:
                await self._leave(post.kind, post.data.get("reason", ""))
            elif post.data["older_action"] is None and post.kind == MESSAGE:
                shown = {name: post.data[name] for name in ("message_id", "user_id", "content")}
                shown["timestamp"] = post.data["timestamp"]
                await self._say(protocol.encode({"type": "message", **shown}))
            elif post.kind != MESSAGE:
                await self._say(protocol.encode({"type": "message_restored", **post.data}))

    def let_go(self) -> None:
        if self._is_member:
            self._is_member = False
            chats.running().leave(self.chat_id, self)

    async def _show(self, sent: Sent) -> None:
        if sent.is_shown:
            await self._post(MESSAGE, {**messages.message_of(sent.log, sent.action)})

    async def _expel(self, kind: str, reason: str) -> None:
        """Close this socket, then the author's others in this chat."""
        await self._leave(kind, reason)
        await self._post(kind, {"reason": reason})

    async def _post(self, kind: str, data: dict[str, object]) -> None:
        author = self.author
        await chats.running().publish(
            Post(kind, author.project_id, self.chat_id, author.user_id, data)
        )

    async def _leave(self, kind: str, reason: str) -> None:
        told = FLOOD_REASON if kind == FLOODED else reason
        last = protocol.encode({"type": TYPES[kind], "reason": told})
        await self._close(CLOSES[kind], last)

    # --- Who connects

    @property
    def chat_id(self) -> str:
        chat_id: str = self.scope["url_route"]["kwargs"]["chat_id"]
        return chat_id

    def _find_credential(self) -> ChatCredential:
        query = parse_qs(self.query)
        if token := query.get("token", [""])[0]:
            return credential_of_token(token)
        user_id = query.get("user_id", [""])[0]
        # A foreign page in a browser on this machine is no guest.
        may_be_guest = self._is_on_loopback and is_same_origin(self.headers)
        guest = credential_of_guest(user_id) if user_id and may_be_guest else None
        if guest is None:
            raise Refused("A chat token is needed: ?token=…")
        return guest

    @property
    def _is_on_loopback(self) -> bool:
        """Whether the server listens on this machine only, where `user_id` may be believed."""
        host = (self.scope.get("server") or [""])[0]
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False


class RateLimitedChatConsumer(ChatConsumer):
    """The same, but only flooding has consequences."""

    @staticmethod
    def moderate(draft: Draft) -> Sent:
        return messages.send_with_flood_limit(draft)

    async def answer(self, sent: Sent) -> None:
        if sent.action is None:
            await self._show(sent)
        elif sent.is_flood:
            await self._expel(FLOODED, FLOOD_REASON)
        elif sent.is_barred:
            await self._expel(BANNED, sent.reason)
        else:
            await self._say(protocol.encode({"type": "warning", "reason": sent.reason}))
