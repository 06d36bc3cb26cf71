"""A database that is slow, stands still or is locked: clients wait or hear 503, nothing is lost."""

import os
import sqlite3
import time
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.e2e.servers import LiveServer
from tests.e2e.slow_line import SlowLine
from tests.e2e.stores import stored
from tests.e2e.test_faults import check_all, streaming
from tests.e2e.test_kill import CLIENT_SECONDS, wait_for_more

pytestmark = [
    pytest.mark.slow,
    pytest.mark.standalone,
    pytest.mark.faults,
    pytest.mark.skipif("FAULTS" not in os.environ, reason="only `make faults` runs it"),
]
DELAY_SECONDS = 0.02
#: Longer than the relay's lease, which it must win again.
STILL_SECONDS = 7


@pytest.fixture
def line(database_url):
    database = urlsplit(database_url)
    line = SlowLine(database.hostname, database.port or 5432)
    yield line
    line.close()


def through(line, database_url):
    parts = urlsplit(database_url)
    login = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{line.port}"))


@pytest.mark.services("postgresql")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_slow_database_that_stands_still_loses_nothing(database_url, line, tmp_path):
    server = LiveServer(through(line, database_url), tmp_path / "server.log")
    key = stored(database_url, "make", "check")

    def disturb(clients):
        wait_for_more(clients)
        line.delay_seconds = DELAY_SECONDS
        wait_for_more(clients)
        line.hold()
        time.sleep(STILL_SECONDS)
        line.let_go()
        wait_for_more(clients)
        line.delay_seconds = 0

    server.start()
    try:
        clients = streaming(server, key, disturb)
    finally:
        server.stop()
    assert sum(client.unavailable for client in clients) == 0
    check_all(database_url, clients, server)


def test_a_database_that_another_process_locks_refuses_whole_and_recovers(tmp_path):
    path = tmp_path / "live.sqlite3"
    server = LiveServer(f"sqlite:///{path}", tmp_path / "server.log")
    key = stored(f"sqlite:///{path}", "make", "check")

    def disturb(clients):
        wait_for_more(clients)
        with closing(sqlite3.connect(path, timeout=CLIENT_SECONDS)) as other:
            other.execute("BEGIN IMMEDIATE")
            deadline = time.monotonic() + CLIENT_SECONDS
            while not any(client.unavailable for client in clients):
                assert time.monotonic() < deadline, "nobody was refused"
                time.sleep(0.01)

    server.start()
    try:
        clients = streaming(server, key, disturb)
    finally:
        server.stop()
    check_all(f"sqlite:///{path}", clients, server)
