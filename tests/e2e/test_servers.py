"""A port that a test was given stays free for its server, however late that server listens."""

import socket

import pytest

from tests.e2e.servers import free_port

pytestmark = pytest.mark.standalone


def test_nobody_else_gets_the_port_meanwhile():
    port = free_port()
    with socket.socket() as another, pytest.raises(OSError, match="in use"):
        another.bind(("127.0.0.1", port))


def test_a_server_may_listen_on_it():
    port = free_port()
    with (
        socket.create_server(("127.0.0.1", port)) as server,
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_until_then_a_call_is_refused():
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", free_port()))
