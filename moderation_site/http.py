"""Clean an HTTP request and take its whole body in before a worker thread is spent on it."""

import asyncio
import json
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any
from urllib.parse import quote_from_bytes
from uuid import uuid4

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    HTTPScope,
)

Headers = list[tuple[bytes, bytes]]
Network = IPv4Network | IPv6Network

#: A little over the largest import the API takes, so that its own limit answers first.
MAX_BODY_BYTES = 17 * 1024 * 1024
BODY_TIMEOUT_SECONDS = 60
PRINTABLE = bytes(range(33, 127)).decode()
FORWARDED = {b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"}


class BodyTooLarge(Exception):
    """The body is larger than any request may be."""


class ClientGone(Exception):
    """The client closed the connection before its body was complete."""


class CompleteRequests:
    """Hand the inner application whole requests only.

    The inner application runs in a few threads; a slow upload would hold one of them.
    """

    def __init__(self, inner: ASGI3Application, trusted_proxies: list[Network]) -> None:
        self.inner = inner
        self.trusted_proxies = trusted_proxies

    async def __call__(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        headers = list(scope["headers"])
        try:
            async with asyncio.timeout(BODY_TIMEOUT_SECONDS):
                body = await read_body(headers, receive)
        except BodyTooLarge:
            limit = MAX_BODY_BYTES // 1024 // 1024
            detail = f"The body is larger than {limit} MiB."
            await send_problem(send, 413, "Content Too Large", detail)
        except TimeoutError:
            detail = f"The body was not complete after {BODY_TIMEOUT_SECONDS} seconds."
            await send_problem(send, 408, "Request Timeout", detail)
        except ClientGone:
            return
        else:
            clean = clean_scope(scope, len(body), self.trusted_proxies)
            await self.inner(clean, replay(body, receive), send)


async def read_body(headers: Headers, receive: ASGIReceiveCallable) -> bytes:
    """Return the body; raise as soon as it is known to be too large."""
    if declared_length(headers) > MAX_BODY_BYTES:
        raise BodyTooLarge
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        event: Any = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGone
        chunks.append(event.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_BODY_BYTES:
            raise BodyTooLarge
        more = event.get("more_body", False)
    return b"".join(chunks)


def declared_length(headers: Headers) -> int:
    text = dict(headers).get(b"content-length", b"")
    return int(text) if text.isdigit() else 0


def replay(body: bytes, receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """Return a receive that gives the whole body once, then what the server has to say."""
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
        # a2wsgi reads the query as ASCII; raw bytes in it would raise.
        "query_string": quote_from_bytes(scope["query_string"], safe=PRINTABLE).encode(),
    }
    result: HTTPScope = clean
    return result


def clean_headers(scope: HTTPScope, body_bytes: int, trusted_proxies: list[Network]) -> Headers:
    """Drop what a client may not claim and state the body's true length.

    WSGI writes `-` and `_` alike, so `X_Forwarded_For` would pass for the proxy's header.
    """
    dropped = {b"content-length", b"transfer-encoding"}
    if not is_trusted(scope, trusted_proxies):
        dropped |= FORWARDED
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if b"_" not in name and name.lower() not in dropped
    ]
    return [*kept, (b"content-length", str(body_bytes).encode())]


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
    """Answer in the API's error shape, and close: the rest of the body is not read."""
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body = json.dumps({**problem, "errors": []}).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        # Django's middleware, which names every other request, was not reached.
        (b"x-request-id", uuid4().hex.encode()),
    ]
    messages: Any = [
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": body},
    ]
    for message in messages:
        await send(message)
