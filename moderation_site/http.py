"""Clean an HTTP request and read its whole body before a worker thread handles it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any
from urllib.parse import quote_from_bytes
from uuid import uuid4

from asgiref.typing import (
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    HTTPScope,
)

from moderation_site.server.bodies import Bodies, Share, TooManyBodies, limit_of

HTTPApplication = Callable[[HTTPScope, ASGIReceiveCallable, ASGISendCallable], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Network = IPv4Network | IPv6Network

BODY_TIMEOUT_SECONDS = 60
PRINTABLE = bytes(range(33, 127)).decode()
#: Stands for dropped headers: what a proxy forwards is never a call from this machine.
WAS_FORWARDED = (b"x-was-forwarded", b"true")
FORWARDED = {b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"}


class BodyTooLarge(Exception):
    """The body is larger than its address allows."""


class ClientGone(Exception):
    """The client closed the connection before its body was complete."""


class CompleteRequests:
    """Give the inner application complete requests only.

    It runs in a few threads, and a slow upload would hold one of them.
    """

    def __init__(self, inner: HTTPApplication, trusted_proxies: list[Network]) -> None:
        self.inner = inner
        self.trusted_proxies = trusted_proxies
        self.bodies = Bodies()

    async def __call__(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        content_type = dict(scope["headers"]).get(b"content-type", b"")
        limit = limit_of(scope["path"], content_type)
        address = scope["client"][0] if scope["client"] else ""
        with self.bodies.share(address) as share:
            try:
                async with asyncio.timeout(BODY_TIMEOUT_SECONDS):
                    body = await read_body(scope["headers"], receive, limit, share)
            except BodyTooLarge:
                detail = f"The body is larger than {limit // 1024} KiB."
                await send_problem(send, 413, "Content Too Large", detail)
            except TooManyBodies:
                detail = "The server is busy with large bodies: try again."
                await send_problem(send, 503, "Service Unavailable", detail)
            except TimeoutError:
                detail = f"The body was not complete after {BODY_TIMEOUT_SECONDS} seconds."
                await send_problem(send, 408, "Request Timeout", detail)
            except ClientGone:
                return
            else:
                clean = clean_scope(scope, len(body), self.trusted_proxies)
                await self.inner(clean, replay(body, receive), send)


async def read_body(
    headers: Iterable[tuple[bytes, bytes]], receive: ASGIReceiveCallable, limit: int, share: Share
) -> bytes:
    """Return the body; raise as soon as it is too large."""
    if declared_length(headers) > limit:
        raise BodyTooLarge
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        event: Any = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGone
        chunks.append(event.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise BodyTooLarge
        share.grow_to(size)
        more = event.get("more_body", False)
    return b"".join(chunks)


def declared_length(headers: Iterable[tuple[bytes, bytes]]) -> int:
    text = dict(headers).get(b"content-length", b"")
    return int(text) if text.isdigit() else 0


def replay(body: bytes, receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """Return a receive that gives the whole body once, then the server's further events."""
    waiting: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> ASGIReceiveEvent:
        if waiting:
            event: ASGIReceiveEvent = waiting.pop()
            return event
        return await receive()

    return replayed


def clean_scope(scope: HTTPScope, body_bytes: int, trusted_proxies: list[Network]) -> HTTPScope:
    clean: Any = {
        **scope,
        "headers": clean_headers(scope, body_bytes, trusted_proxies),
        # WSGI reads the query as ASCII.
        "query_string": quote_from_bytes(scope["query_string"], safe=PRINTABLE).encode(),
    }
    result: HTTPScope = clean
    return result


def clean_headers(scope: HTTPScope, body_bytes: int, trusted_proxies: list[Network]) -> Headers:
    """Drop headers that a client may not set, and set the body's true length.

    WSGI does not distinguish `-` and `_`: `X_Forwarded_For` would pass for the proxy's header.
    """
    dropped = {b"content-length", b"transfer-encoding"}
    added = [(b"content-length", str(body_bytes).encode())]
    if not is_trusted(scope, trusted_proxies):
        dropped |= FORWARDED
        if any(name.lower() in FORWARDED for name, _ in scope["headers"]):
            added.append(WAS_FORWARDED)
    passed_on = [
        (name, value)
        for name, value in scope["headers"]
        if b"_" not in name and name.lower() not in dropped
    ]
    return [*passed_on, *added]


def is_trusted(scope: HTTPScope, trusted_proxies: list[Network]) -> bool:
    client = scope["client"]
    if client is None or not trusted_proxies:
        return False
    try:
        address = ip_address(client[0])
    except ValueError:  # a Unix socket has no address
        return False
    return any(address in network for network in trusted_proxies)


async def send_problem(send: ASGISendCallable, status: int, title: str, detail: str) -> None:
    """Answer with a problem document and close, without reading the rest of the body."""
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body = json.dumps({**problem, "errors": []}).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        # The request did not reach Django's middleware, which gives all others an id.
        (b"x-request-id", uuid4().hex.encode()),
        *([(b"retry-after", b"1")] if status == 503 else []),
    ]
    messages: Any = [
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": body},
    ]
    for message in messages:
        await send(message)
