"""Requests reach the worker threads whole, bounded and without forged proxy headers."""

import asyncio
from ipaddress import ip_network

import pytest

from moderation_site.http import CompleteRequests
from moderation_site.server import bodies

PROXY = "10.0.0.7"
LIMIT = bodies.limit_of("/login")
SCOPE = {"type": "http", "path": "/login", "headers": [], "client": None}


class Inner:
    """An application that keeps what it was given and answers nothing."""

    def __init__(self):
        self.scope = self.body = None

    async def __call__(self, scope, receive, send):
        self.scope = scope
        self.body = (await receive())["body"]


async def request(chunks=(b"",), headers=(), query=b"", client=PROXY, proxies=()):
    """Send one request; return the inner application and the messages sent in its place."""
    inner, sent = Inner(), []
    last = len(chunks) - 1
    events = iter(
        {"type": "http.request", "body": chunk, "more_body": number < last}
        for number, chunk in enumerate(chunks)
    )

    async def receive():
        return next(events, {"type": "http.disconnect"})

    async def send(message):
        sent.append(message)

    scope = {**SCOPE, "headers": list(headers), "query_string": query, "client": (client, 1)}
    await CompleteRequests(inner, [ip_network(text) for text in proxies])(scope, receive, send)
    return inner, sent


async def test_a_chunked_body_arrives_whole_with_its_length():
    inner, _ = await request([b"one ", b"two"], [(b"transfer-encoding", b"chunked")])
    assert inner.body == b"one two"
    assert inner.scope["headers"] == [(b"content-length", b"7")]


@pytest.mark.parametrize(
    ("chunks", "headers"),
    [
        ([b""], [(b"content-length", str(LIMIT + 1).encode())]),
        ([b"x" * LIMIT, b"x"], []),
    ],
    ids=["declared", "sent"],
)
async def test_a_body_over_the_cap_is_refused(chunks, headers):
    inner, sent = await request(chunks, headers)
    assert sent[0]["status"] == 413
    assert (b"content-type", b"application/problem+json") in sent[0]["headers"]
    assert inner.scope is None


async def test_large_bodies_share_a_place(monkeypatch):
    monkeypatch.setattr(bodies, "MAX_TOGETHER", bodies.SMALL)
    inner, sent = await request([b"x" * bodies.SMALL, b"x"])
    assert (sent[0]["status"], inner.scope) == (503, None)
    assert (b"retry-after", b"1") in sent[0]["headers"]
    inner, sent = await request([b"x" * bodies.SMALL])
    assert (sent, len(inner.body)) == ([], bodies.SMALL)


async def test_a_body_that_never_ends_is_refused(monkeypatch):
    monkeypatch.setattr("moderation_site.http.BODY_TIMEOUT_SECONDS", 0.01)
    sent = []

    async def send(message):
        sent.append(message)

    await CompleteRequests(Inner(), [])(SCOPE, asyncio.Event().wait, send)
    assert sent[0]["status"] == 408


async def test_a_client_that_leaves_is_not_answered():
    async def gone():
        return {"type": "http.disconnect"}

    inner = Inner()
    await CompleteRequests(inner, [])(SCOPE, gone, None)
    assert inner.scope is None


@pytest.mark.parametrize("name", [b"x-forwarded-for", b"x-forwarded-proto", b"forwarded"])
async def test_a_stranger_cannot_speak_for_a_proxy(name):
    inner, _ = await request(headers=[(name, b"x")], proxies=["192.0.2.0/24"])
    assert name not in dict(inner.scope["headers"])


async def test_a_trusted_proxy_is_believed():
    inner, _ = await request(headers=[(b"x-forwarded-for", b"x")], proxies=["10.0.0.0/8"])
    assert (b"x-forwarded-for", b"x") in inner.scope["headers"]


async def test_a_header_with_an_underscore_cannot_pass_for_another():
    inner, _ = await request(headers=[(b"x_forwarded_for", b"x")], proxies=["10.0.0.0/8"])
    assert inner.scope["headers"] == [(b"content-length", b"0")]


async def test_raw_bytes_in_a_query_are_escaped_and_escapes_are_kept():
    inner, _ = await request(query=b"a=%20&b=\xc3\xa9")
    assert inner.scope["query_string"] == b"a=%20&b=%C3%A9"
