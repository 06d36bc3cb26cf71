"""A full disk and a cut database: clients hear 503, and what was answered is stored once."""

import os
import subprocess
import threading
import time

import psycopg
import pytest

from tests.e2e.servers import LiveServer
from tests.e2e.stores import stored
from tests.e2e.test_kill import (
    CLIENT_SECONDS,
    Streamer,
    check_figures,
    check_logs,
    wait_for_more,
)
from tests.services import ADDRESSES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.standalone,
    pytest.mark.faults,
    # CI fills a disk in a test without a server: tests/site/test_full_disk.py.
    pytest.mark.skipif("FAULTS" not in os.environ, reason="only `make faults` runs it"),
]
CUTS = 5
DISK_MIB = 32
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s"


class PatientStreamer(Streamer):
    """Sends a check again that was refused with 503."""

    unavailable = 0

    def _post(self, body):
        status, answer = super()._post(body)
        if status == 503:
            self.unavailable += 1
            assert answer["type"] == "urn:gavel:problem:database_unavailable"
            raise ConnectionError
        return status, answer


def streaming(server, key, disturb):
    """Let clients send while something disturbs the database; return them when all had answers."""
    stopped = threading.Event()
    clients = [PatientStreamer(number, server.port, key, stopped) for number in range(4)]
    for client in clients:
        client.start()
    try:
        disturb(clients)
        wait_for_more(clients)
    finally:
        stopped.set()
        for client in clients:
            client.join(CLIENT_SECONDS)
    return clients


def check_all(url, clients, server):
    assert [client.refused for client in clients] == [[]] * len(clients), server.output()[-2000:]
    facts = stored(url, "facts")
    check_logs({id_: one for client in clients for id_, one in client.answers.items()}, facts)
    check_figures(facts)


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own, which only root can make."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607


def fill(path):
    with path.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def test_a_full_disk_refuses_whole_and_recovers(disk, tmp_path):
    url = f"sqlite:///{disk / 'live.sqlite3'}"
    server = LiveServer(url, tmp_path / "server.log")
    key = stored(url, "make", "check")

    def disturb(clients):
        wait_for_more(clients)
        ballast = disk / "ballast"
        fill(ballast)
        deadline = time.monotonic() + CLIENT_SECONDS
        while not any(client.unavailable for client in clients):
            assert time.monotonic() < deadline, "nobody was refused"
            time.sleep(0.01)
        ballast.unlink()

    server.start()
    try:
        clients = streaming(server, key, disturb)
    finally:
        server.stop()
    check_all(url, clients, server)


@pytest.mark.services("postgresql")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_cuts_its_connections_loses_nothing(database_url, tmp_path):
    server = LiveServer(database_url, tmp_path / "server.log")
    key = stored(database_url, "make", "check")

    def disturb(clients):
        with psycopg.connect(ADDRESSES["postgresql"], autocommit=True) as admin:
            for _ in range(CUTS):
                wait_for_more(clients)
                name = database_url.rpartition("/")[2]
                admin.execute(CUT, [name, admin.info.backend_pid])

    server.start()
    try:
        clients = streaming(server, key, disturb)
    finally:
        server.stop()
    check_all(database_url, clients, server)
