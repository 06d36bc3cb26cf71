"""Nobody stops the server: attacks that once did, against one of its own."""

import http.client
import socket

import pytest

from tests.e2e.servers import LiveServer
from tests.e2e.stores import stored

pytestmark = [pytest.mark.slow, pytest.mark.standalone]
LARGE = b"/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
DOWNLOAD = b"GET " + LARGE + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
SECONDS = 30


@pytest.fixture(scope="module", params=["", "warning"], ids=["serve", "uvicorn"])
def server(request, tmp_path_factory):
    """One for all attacks: none may leave anything behind that the next one feels."""
    place = tmp_path_factory.mktemp("attacked")
    url = f"sqlite:///{place / 'gavel.sqlite3'}"
    stored(url, "make", "check")
    running = LiveServer(url, place / "log", request.param)
    running.start()
    yield running
    running.kill()


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS)


def answers(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    connection.request("GET", "/readyz")
    status = connection.getresponse().status
    connection.close()
    return status == 200


def test_downloads_that_nobody_takes_stop_nothing(server):
    for _ in range(8):
        with connect(server) as left:
            left.sendall(DOWNLOAD * 10)
            left.recv(1)
        assert answers(server)
    held = [connect(server) for _ in range(8)]
    for one in held:
        one.sendall(DOWNLOAD * 10)
        one.recv(1)
    assert answers(server)
    for one in held:
        one.close()


def test_a_form_of_17_mb_is_refused_before_it_is_taken(server):
    body = b"username=" + b"%41" * 5_600_000
    with connect(server) as link:
        link.sendall(
            b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken=" + b"a" * 32
            + b"\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
        )  # fmt: skip
        assert link.recv(20).startswith(b"HTTP/1.1 413")
    assert answers(server)


# The last one, for it stops the server.
@pytest.mark.parametrize("server", [""], indirect=True, ids=["serve"])
def test_it_ends_whatever_its_clients_do(server):
    slow, idle, reading = (connect(server) for _ in range(3))
    slow.sendall(
        b"POST /api/v1/moderation/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{"
    )
    reading.sendall(DOWNLOAD * 10)
    reading.recv(1)
    server.stop()  # fails if it takes longer than its clients could wait
    for one in (slow, idle, reading):
        one.close()
