"""Live events through a real server: cut connections, slow readers, killed leaders."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from moderation.delivery import relay
from moderation.delivery.relay import leader_election
from moderation.models import Lease, OutboxEvent
from tests.delivery.sockets.telling import eventually, tell
from tests.e2e.servers import free_port

pytestmark = pytest.mark.on_services

ROOT = Path(__file__).resolve().parents[3]


def database_url():
    """Return the address of the database that this test uses, for another process."""
    used = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{used['NAME']}"
    login = f"{used['USER']}:{used['PASSWORD']}".rstrip(":")
    return f"postgresql://{login}@{used['HOST']}:{used['PORT']}/{used['NAME']}"


@contextmanager
def started(*command):
    """Run Python beside the test, on the same database; kill it in the end."""
    environment = {**os.environ, "DATABASE_URL": database_url()}
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def worker():
    return started("manage.py", "run_worker")


class Reader:
    """A client that keeps the numbers it has heard and can be cut off and resume."""

    def __init__(self, url, key):
        self.address = f"{url}/ws/projects/arena/"
        self.headers = {"X-API-Key": key}
        self.heard = []

    @contextmanager
    def online(self):
        since = f"?since={self.heard[-1]}" if self.heard else "?since=0"
        with connect(self.address + since, additional_headers=self.headers) as self.connection:
            assert json.loads(self.connection.recv(timeout=60))["type"] == "joined_project"
            yield

    def hear_until(self, seq, seconds=60):
        deadline = time.monotonic() + seconds
        while not self.heard or self.heard[-1] < seq:
            left = deadline - time.monotonic()
            self.heard.append(json.loads(self.connection.recv(timeout=left))["seq"])

    def cut(self):
        """End the connection as a broken network does."""
        self.connection.socket.shutdown(socket.SHUT_RDWR)


def holder():
    return Lease.objects.filter(name=leader_election.NAME).values_list("holder", flat=True).first()


def is_led_by(process):
    return f":{process.pid}:" in (holder() or "")


def last_seq():
    return OutboxEvent.objects.filter(seq__isnull=False).count()


def test_a_reader_that_was_cut_off_resumes_without_gap_or_repeat(server, arena, reader):
    steady, cut = Reader(server.url, reader), Reader(server.url, reader)
    with steady.online():
        with cut.online():
            tell(arena, *range(5))
            relay.run_once()
            cut.hear_until(3)
            cut.cut()
        tell(arena, *range(400))
        relay.run_once()
        with cut.online():
            tell(arena, *range(5))
            relay.run_once()
            cut.hear_until(last_seq())
            steady.hear_until(last_seq())
    assert steady.heard == cut.heard == list(range(1, last_seq() + 1))


def test_readers_hear_all_while_they_come_and_go_during_a_stream(server, arena, reader):
    steady, restless = Reader(server.url, reader), Reader(server.url, reader)
    relay.start_in_process()
    writing = threading.Thread(target=write_stream, args=[arena])
    writing.start()
    with steady.online():
        for seq in (20, 60, 120):
            with restless.online():
                restless.hear_until(seq)
                restless.cut()
        writing.join()
        eventually(is_settled)
        relay.stop_in_process()
        with restless.online():
            restless.hear_until(last_seq())
            steady.hear_until(last_seq())
    assert steady.heard == restless.heard == list(range(1, last_seq() + 1))


def write_stream(arena):
    tell(arena, *range(300))
    connection.close()


def test_a_slow_reader_is_dropped_and_slows_nobody(server, arena, reader):
    quick, slow = Reader(server.url, reader), Reader(server.url, reader)
    slow.address += "?since=0"
    with quick.online(), connect_slowly(slow) as stuck:
        for _ in range(8):
            tell(arena, *["x" * 20_000] * 100)
            relay.run_once()
            quick.hear_until(last_seq())
        assert close_code(stuck) == 4408
    assert quick.heard == list(range(1, last_seq() + 1))


@contextmanager
def connect_slowly(reader):
    """Connect with small buffers and read nothing."""
    url = reader.address.removeprefix("ws://").split("/", 1)[0]
    host, port = url.split(":")
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    narrow.connect((host, int(port)))
    with connect(
        reader.address, sock=narrow, additional_headers=reader.headers, max_queue=1
    ) as client:
        yield client


def close_code(client):
    """Read all that was sent before the close, then return its code."""
    with pytest.raises(ConnectionClosed) as closed:
        read_forever(client)
    return closed.value.rcvd.code


def read_forever(client):
    while True:
        client.recv(timeout=60)


@pytest.mark.slow
def test_a_killed_leader_is_replaced_without_gap_or_repeat(server, arena, reader):
    steady = Reader(server.url, reader)
    with steady.online(), worker() as first:
        eventually(lambda: is_led_by(first))
        with worker() as second:
            tell(arena, *range(50))
            steady.hear_until(50)
            os.kill(first.pid, signal.SIGKILL)
            tell(arena, *range(50))
            eventually(lambda: is_led_by(second))
            eventually(is_settled)
            steady.hear_until(last_seq())
    assert steady.heard == list(range(1, last_seq() + 1))


def newest():
    return OutboxEvent.objects.filter(seq__isnull=False).latest("seq")


def is_settled():
    """Say whether all is sent, the figures that close it too."""
    all_sent = not OutboxEvent.objects.filter(sent_at=None).exists()
    return all_sent and newest().type == "stats_update"


@pytest.mark.slow
def test_a_leader_killed_in_the_midst_of_work_leaves_nothing_undone(arena):
    with worker() as first:
        eventually(lambda: is_led_by(first))
        tell(arena, *range(300), tally={"total": 1})
        os.kill(first.pid, signal.SIGKILL)
    with worker():
        eventually(is_settled)
    seqs = OutboxEvent.objects.order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == list(range(1, len(seqs) + 1))
    assert newest().data["total_content"] == 300


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_stopped_gives_up_the_lease(transactional_db, number):
    with worker() as process:
        eventually(lambda: is_led_by(process))
        process.send_signal(number)
        assert process.wait(60) == 0
    assert holder() is None


@pytest.mark.slow
def test_a_worker_that_runs_once_relays_what_waits(arena):
    tell(arena, 1, 2)
    with started("manage.py", "run_worker", "--once") as process:
        assert process.wait(60) == 0
    assert (last_seq(), is_settled(), holder()) == (3, True, None)


@pytest.mark.slow
def test_the_whole_server_relays_and_serves_sockets(arena, reader):
    port = free_port()
    with started("manage.py", "serve", "--port", str(port)) as process:
        eventually(lambda: is_led_by(process))
        client = Reader(f"ws://127.0.0.1:{port}", reader)
        with client.online():
            tell(arena, 1, 2)
            client.hear_until(3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in (0, -signal.SIGTERM)
    assert (client.heard, holder()) == ([1, 2, 3], None)
