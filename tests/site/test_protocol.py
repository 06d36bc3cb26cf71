"""A connection has limits before any application is called."""

import asyncio
import socket
import threading

import pytest
import uvicorn

from moderation_site.server import protocol
from moderation_site.server.protocol import GuardedProtocol, end_stuck_connections

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
SECONDS = 30


class Application:
    """Answers with the length of the body; `/slow` waits, `/large` has 8 MiB."""

    def __init__(self):
        self.headers = []
        self.started, self.ended = threading.Event(), threading.Event()

    async def __call__(self, scope, receive, send):
        assert scope["type"] == "http"
        self.headers.append(scope["headers"])
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event.get("body", b""), event.get("more_body", False)
        self.started.set()
        if scope["path"] == "/slow":
            assert (await receive())["type"] == "http.disconnect"
        elif scope["path"] == "/large":
            await self.answer([b"x" * 65536] * 128, send)
        else:
            await self.answer([str(len(body)).encode()], send)
            return
        self.ended.set()

    async def answer(self, parts, send):
        length = [(b"content-length", str(sum(map(len, parts))).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        for part in parts[:-1]:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": parts[-1]})


@pytest.fixture
def application():
    return Application()


@pytest.fixture
def address(application, monkeypatch):
    """Serve in a thread; return the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application, http=GuardedProtocol, lifespan="off", log_level="critical", access_log=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    monkeypatch.setattr(GuardedProtocol, "waiting", {})
    monkeypatch.setattr(GuardedProtocol, "open", set())

    async def serve():
        watch = asyncio.create_task(end_stuck_connections())
        await server.serve(sockets=[listener])
        watch.cancel()

    thread = threading.Thread(target=asyncio.run, args=[serve()], daemon=True)
    thread.start()
    yield listener.getsockname()
    server.should_exit = True
    thread.join(SECONDS)
    listener.close()


def connect(address):
    return socket.create_connection(address, timeout=SECONDS)


def read_all(link):
    """Return what the server sends until it closes."""
    parts = []
    try:
        while part := link.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def status_of(answer):
    return answer.split(b" ", 2)[1] if answer else b""


def test_requests_on_one_connection_are_answered(address):
    with connect(address) as link:
        link.sendall(GET + b"POST / HTTP/1.1\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody")
        answer = read_all(link)
    assert answer.count(b"HTTP/1.1 200") == 2
    assert answer.endswith(b"4")


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 4_000 + b"\r\n",
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n",
    ],
    ids=["one", "many", "address"],
)
def test_a_head_over_its_limit_is_refused(address, application, head):
    with connect(address) as link:
        link.sendall(head)
        assert status_of(read_all(link)) == b"431"
    assert application.headers == []


@pytest.mark.parametrize("start", [b"X: ", b"X: y\r\n", b"\r\n" * 3])
def test_a_head_without_end_is_cut(address, start):
    """The server closes long before it has taken what it is sent."""
    with connect(address) as link:
        link.sendall(b"GET / HTTP/1.1\r\n" + start)
        filling = start * (65536 // len(start)) if start.endswith(b"\n") else b"x" * 65536
        assert sent_until_cut(link, filling) < 16 << 20


def sent_until_cut(link, filling, most=64 << 20):
    """Send until the server closes; return how many bytes it let us send."""
    sent = 0
    try:
        while sent < most:
            link.sendall(filling)
            sent += len(filling)
    except OSError:
        return sent
    return most


def test_trailers_without_end_are_cut_and_change_no_header(address, application):
    chunked = (
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\nx\r\n"
    )
    with connect(address) as link:
        link.sendall(chunked + b"0\r\nX-Late: y\r\n\r\n")
        assert read_all(link).endswith(b"1")
    assert b"x-late" not in dict(application.headers[0])
    with connect(address) as link:
        link.sendall(chunked + b"0\r\n")
        assert sent_until_cut(link, b"X: y\r\n" * 10_000) < 16 << 20


def test_a_body_of_many_small_chunks_is_taken(address):
    with connect(address) as link:
        link.sendall(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        link.sendall(b"1\r\nx\r\n" * 50_000 + b"0\r\n\r\n")
        assert read_all(link).endswith(b"50000")


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_a_silent_connection_is_closed(address, monkeypatch, sent):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.01)
    with connect(address) as link:
        link.sendall(sent)
        assert read_all(link) == b""


def test_a_client_that_takes_nothing_is_cut(address, application, monkeypatch):
    monkeypatch.setattr(protocol, "WRITE_SECONDS", 0.01)
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.settimeout(SECONDS)
        link.connect(address)
        link.sendall(b"GET /large HTTP/1.1\r\n\r\n")
        assert application.ended.wait(SECONDS)
        assert len(read_all(link)) < 8 << 20


def test_a_request_before_others_in_a_pipeline_learns_that_its_client_left(address, application):
    with connect(address) as link:
        link.sendall(b"GET /slow HTTP/1.1\r\n\r\n" + GET * 3)
        assert application.started.wait(SECONDS)
    assert application.ended.wait(SECONDS)


def test_a_pipeline_has_a_limit(address):
    with connect(address) as link:
        link.sendall(b"GET /slow HTTP/1.1\r\n\r\n" + GET * 100)
        assert status_of(read_all(link)) == b"429"


def test_whoever_waits_longest_gives_up_its_place(address, monkeypatch):
    monkeypatch.setattr(GuardedProtocol, "most_connections", 3)
    silent = [connect(address) for _ in range(6)]
    with connect(address) as link:
        link.sendall(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert status_of(read_all(link)) == b"200"
    assert read_all(silent[0]) == b""
    for one in silent:
        one.close()
