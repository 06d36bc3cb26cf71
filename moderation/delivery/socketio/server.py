"""Socket.IO on the server's own port: its mount, who is let in, and where their events go."""

import asyncio
import logging
import math
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import socketio
from asgiref.typing import ASGIReceiveCallable, ASGIReceiveEvent, ASGISendCallable, Scope
from channels.db import database_sync_to_async
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from moderation.accounts.chat_tokens import read_chat_token
from moderation.delivery.chat.authors import credential_of_guest, credential_of_token
from moderation.delivery.socketio.session import NOT_AUTHENTICATED, Session, over_limit
from moderation.delivery.sockets import credentials
from moderation.delivery.sockets.credentials import Credential, Refused, is_same_origin
from moderation.delivery.sockets.limits import OverLimit, holder_of
from moderation.delivery.sockets.loops import PerLoop

PATH = "/socket.io/"
#: The longest content, with every character escaped, and something around it.
MAX_PACKET_BYTES = 256 * 1024
#: How long a connection may take to greet, and a client to read why it was disconnected.
GREETING_SECONDS = 5.0
LAST_PACKET_SECONDS = 2.0
#: A client that polled before a restart is back within that time.
RESTART_SECONDS = 60.0
#: Engine.IO's packets begin with one of these digits.
PACKET_TYPES = set("0123456")
#: Stands for a packet without a readable event.
UNREADABLE = ""
STICKY = (
    "With several server processes, long polling of Socket.IO needs sticky routing "
    "(docs/realtime.md, Socket.IO)"
)

logger = logging.getLogger(__name__)
# The libraries log packets at INFO, and what strangers send at ERROR.
library_logger = logging.getLogger("socketio")
library_logger.setLevel(logging.CRITICAL)

Environ = Mapping[str, Any]


class Server(socketio.AsyncServer):  # type: ignore[misc]
    """The sessions of one event loop, by the id of their connection."""

    def __init__(self) -> None:
        super().__init__(
            async_mode="asgi",
            # One after the other: a client's messages keep their order.
            async_handlers=False,
            # A refusal says why, which only a connected client hears.
            always_connect=True,
            cors_allowed_origins=is_accepted_origin,
            max_http_buffer_size=MAX_PACKET_BYTES,
            logger=library_logger,
            engineio_logger=library_logger,
        )
        self.sessions: dict[str, Session] = {}
        self._endings: set[asyncio.Task[None]] = set()
        self._strays_from = time.monotonic() + RESTART_SECONDS
        self.on("connect", self.admit)
        self.on("disconnect", self.forget)
        self.on("*", self.pass_on)

    async def admit(self, sid: str, environ: Environ, auth: Any) -> None:
        """Let a client in, or tell it why not and disconnect it."""
        eio_sid = self.manager.eio_sid_from_sid(sid, "/")
        session = Session(self.eio.sockets[eio_sid], self.end)
        self.sessions[eio_sid] = session
        headers = headers_of(environ)
        peer = (environ["asgi.scope"].get("client") or [""])[0]
        try:
            credential = await database_sync_to_async(credential_of)(headers, environ, auth)
            if eio_sid not in self.sessions:
                return
            session.take_slot(*holder_of(credential.person, headers, peer))
        except Refused as refusal:
            await session.tell("authentication_failed", {"message": str(refusal)})
        except OverLimit:
            await session.tell("error", {"message": over_limit("connections")})
        except Exception:
            logger.exception("A client of Socket.IO could not be admitted")
            await session.tell("error", {"message": "Server error occurred"})
        else:
            session.accept(credential, origin_of(headers, environ))
            return
        # Returning False sends a packet that the JavaScript client cannot parse.
        await self.end(eio_sid)

    def notice_stray(self, query: bytes) -> None:
        """Warn once if a client polls here that another process knows."""
        if time.monotonic() < self._strays_from or b"sid=" not in query:
            return
        (sid, *_) = parse_qs(query.decode("latin-1")).get("sid", [""])
        if sid and sid not in self.eio.sockets:
            self._strays_from = math.inf
            logger.warning(STICKY)

    async def pass_on(self, event: str, sid: str, *data: Any) -> None:
        session = self.sessions.get(self.manager.eio_sid_from_sid(sid, "/"))
        # Over polling an event can come while its client is still being admitted.
        if session is None or session.credential is None:
            return
        try:
            await session.handle(event, data[0] if data else None)
        except Exception:
            logger.exception("A message over Socket.IO could not be handled")
            await session.tell("error", {"message": "Server error occurred"})

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        """Answer a packet that cannot be read, and count it: the library would say nothing."""
        try:
            await super()._handle_eio_message(eio_sid, data)
        except (ValueError, TypeError, LookupError):
            if session := self.sessions.get(eio_sid):
                await session.handle(UNREADABLE, None)

    async def forget(self, sid: str, _reason: str) -> None:
        if session := self.sessions.pop(self.manager.eio_sid_from_sid(sid, "/"), None):
            session.let_go()

    async def end(self, eio_sid: str) -> None:
        """Disconnect a client that has been told why."""
        sid = self.manager.sid_from_eio_sid(eio_sid, "/")
        if sid is not None:
            await self.disconnect(sid)
        self._close_soon(eio_sid)

    async def _handle_eio_connect(self, eio_sid: str, environ: Environ) -> None:
        """Close connections that never greet: the limits count clients that do."""
        await super()._handle_eio_connect(eio_sid, environ)
        self._later(GREETING_SECONDS, eio_sid, only_silent=True)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        """Answer the request that waits for a client's packets: it would wait for 45 seconds."""
        await super()._handle_eio_disconnect(eio_sid, reason)
        if waiting := self.eio.sockets.get(eio_sid):
            asyncio.get_running_loop().call_soon(waiting.queue.put_nowait, None)

    def _close_soon(self, eio_sid: str) -> None:
        """Close the connection below, which the client should do itself."""
        self._later(LAST_PACKET_SECONDS, eio_sid)

    def _later(self, seconds: float, eio_sid: str, *, only_silent: bool = False) -> None:
        async def close() -> None:
            await asyncio.sleep(seconds)
            if only_silent and eio_sid in self.sessions:
                return
            # Closing waits until all is read.
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_PACKET_SECONDS):
                    await self.eio.disconnect(eio_sid)

        task = asyncio.create_task(close())
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)


servers = PerLoop(Server)


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Serve `/socket.io/`, by polling or by WebSocket."""
    server = servers.running()
    if scope["type"] == "http":
        server.notice_stray(scope["query_string"])
        await server.handle_request(scope, receive, send)
    else:
        await server.handle_request(scope, partial(receive_packet, receive), send)


async def receive_packet(receive: ASGIReceiveCallable) -> ASGIReceiveEvent:
    """Return the next message; a frame that is no packet ends the connection in good order.

    Engine.IO would raise, and leave the connection and its place in the limits until a time-out.
    """
    message = await receive()
    if message["type"] == "websocket.receive":
        text = message.get("text")
        if text is not None and text[:1] not in PACKET_TYPES:
            return {"type": "websocket.disconnect", "code": 1007, "reason": None}
    return message


def headers_of(environ: Environ) -> dict[str, str]:
    return {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in environ["asgi.scope"]["headers"]
    }


def is_accepted_origin(origin: str | None, environ: Environ) -> bool:
    """Say whether a page from there may connect: our own pages and those of CORS_ORIGINS."""
    return origin in settings.CORS_ORIGINS or is_same_origin(headers_of(environ))


def origin_of(headers: Mapping[str, str], environ: Environ) -> str:
    """Return how the client calls this server, such as `https://gavel.example.org`."""
    host = headers.get("host", "").lower()
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return ""
    is_secure = environ["asgi.scope"].get("scheme") in ("https", "wss")
    if settings.TRUSTED_PROXIES:
        is_secure = is_secure or headers.get("x-forwarded-proto") == "https"
    return f"{'https' if is_secure else 'http'}://{host}"


def credential_of(headers: Mapping[str, str], environ: Environ, auth: Any) -> Credential:
    """Return the client's credential: what `auth` names, else a chat token, else as elsewhere.

    Without one they are a guest of the open project, who may chat; raises `Refused` if there is
    none.
    """
    sent = auth if isinstance(auth, dict) else {}
    query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    if sent.get("api_key") is not None:
        return credentials.credential_of_key(str(sent["api_key"]))
    if token := sent.get("token") or query.get("token") or chat_token_in(headers):
        return credential_of_token(str(token))
    if found := credentials.credential_of(headers, environ["QUERY_STRING"]):
        return found
    guest = credential_of_guest(str(sent.get("user_id") or query.get("user_id", "")))
    if guest is None:
        raise Refused(NOT_AUTHENTICATED)
    return guest


def chat_token_in(headers: Mapping[str, str]) -> str:
    """Return the chat token that is sent as a Bearer token; "" if that is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    is_token = scheme.lower() == "bearer" and read_chat_token(token.strip(), timezone.now())
    return token.strip() if is_token else ""
