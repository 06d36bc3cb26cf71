"""Django's answers reach the client; no thread waits for it."""

import asyncio
import gc
import weakref

import pytest

from moderation_site.server.bridge import LARGE_BODY_BYTES, WsgiBridge
from moderation_site.server.pool import FairPool

SCOPE = {
    "type": "http", "method": "GET", "http_version": "1.1", "path": "/é", "query_string": b"a=%20",
    "headers": [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x-twice", b"1"), (b"x-twice", b"2")],
    "server": ("127.0.0.1", 8000), "client": ("192.0.2.1", 4321), "scheme": "http",
}  # fmt: skip


class Whole(list):
    """An answer like Django's, whole unless it says otherwise."""

    streaming = False
    is_closed = False

    def close(self):
        self.is_closed = True


class Streamed(Whole):
    streaming = True


@pytest.fixture
def pool():
    return FairPool("test", threads=1, per_client=1)


async def sent_by(pool, wsgi, receive=None, send=None, scope=SCOPE):
    sent = []
    events = [{"type": "http.request", "body": b"body", "more_body": False}]

    async def first_then_wait():
        return events.pop() if events else await asyncio.Event().wait()

    async def collect(message):
        sent.append(message)

    bridge = WsgiBridge(wsgi, lambda _scope: (pool, "ana"), pool)
    await bridge(scope, receive or first_then_wait, send or collect)
    return sent


async def test_a_whole_answer_arrives(pool):
    seen, answer = {}, Whole([b"one ", b"two"])

    def wsgi(environ, start_response):
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("201 Created", [("X-Name", "é")])
        return answer

    start, body = await sent_by(pool, wsgi)
    assert (start["status"], start["headers"]) == (201, [(b"x-name", b"\xe9")])
    assert (body["body"], body["more_body"], answer.is_closed) == (b"one two", False, True)
    assert (seen["PATH_INFO"], seen["QUERY_STRING"]) == ("/Ã©", "a=%20")
    assert (seen["HTTP_COOKIE"], seen["HTTP_X_TWICE"]) == ("a=1; b=2", "1,2")
    assert (seen["body"], seen["REMOTE_ADDR"]) == (b"body", "192.0.2.1")


def file_of(answer):
    def wsgi(_environ, start_response):
        start_response("200 OK", [])
        return answer

    return wsgi


async def test_what_a_large_body_left_is_freed_at_once(pool):
    kept = []

    def wsgi(_environ, start_response):
        start_response("200 OK", [])
        answer = Whole([b"ok"])
        answer.request = answer
        kept.append(weakref.ref(answer))
        return answer

    async def send_body(size):
        head = (b"content-length", str(size).encode())
        scope = {**SCOPE, "headers": [head]}
        await sent_by(pool, wsgi, scope=scope)
        return kept.pop()

    gc.disable()
    try:
        assert (await send_body(LARGE_BODY_BYTES))() is not None
        assert (await send_body(LARGE_BODY_BYTES + 1))() is None
    finally:
        gc.enable()


async def test_a_file_arrives_piece_by_piece(pool):
    answer = Streamed([b"x" * 4096] * 40)
    _, *parts = await sent_by(pool, file_of(answer))
    assert b"".join(part["body"] for part in parts) == b"x" * 4096 * 40
    assert len(parts) > 2
    assert [part["more_body"] for part in parts] == [True] * (len(parts) - 1) + [False]
    assert answer.is_closed


async def test_a_client_that_takes_nothing_holds_no_thread(pool, monkeypatch):
    monkeypatch.setattr("moderation_site.server.bridge.WRITE_SECONDS", 0.05)
    answer = Streamed([b"x" * 4096] * 40)

    async def stuck(message):
        if message["type"] == "http.response.body":
            assert await pool.run("ben", lambda: "free") == "free"
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await sent_by(pool, file_of(answer), send=stuck)
    assert answer.is_closed


async def test_a_connection_that_fails_holds_no_thread(pool):
    """uvicorn raises where a request of a pipeline is answered after its client left."""
    answer = Streamed([b"x" * 4096] * 400)

    async def failing(message):
        if message["type"] == "http.response.body":
            raise RuntimeError("closed")

    with pytest.raises(RuntimeError):
        await sent_by(pool, file_of(answer), send=failing)
    assert answer.is_closed
    assert await pool.run("ben", lambda: "free") == "free"


async def test_the_rest_is_not_read_for_a_client_that_left(pool):
    read = []

    class Endless(Whole):
        streaming = True

        def __iter__(self):
            while True:
                read.append(1)
                yield b"x"

    answer = Endless()
    events = [{"type": "http.disconnect"}, {"type": "http.request", "body": b""}]

    async def receive():
        return events.pop()

    await sent_by(pool, file_of(answer), receive=receive)
    assert answer.is_closed
    assert len(read) < 100
