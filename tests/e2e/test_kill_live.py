"""Readers resume through killed leaders, servers and Redis, and hear every event once, in order."""

import asyncio
import json
import random
import subprocess
import sys
import threading
from contextlib import asynccontextmanager, contextmanager, suppress
from urllib.parse import urlsplit

import psycopg
import pytest
import socketio
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.e2e.servers import ROOT, LiveServer, environment_of, free_port
from tests.e2e.stores import ARENA, stored
from tests.e2e.test_kill import Streamer
from tests.services import ADDRESSES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.standalone,
    pytest.mark.services("postgresql", "redis"),
]
SETTLE_SECONDS = 120
CUT = (OSError, WebSocketException, InvalidHandshake, TimeoutError)


@pytest.fixture
def database_url():
    name = f"gavel_live_{random.randrange(16**8):08x}"
    with psycopg.connect(ADDRESSES["postgresql"], autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield urlsplit(ADDRESSES["postgresql"])._replace(path=f"/{name}").geturl()
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class Redis:
    """A Redis of our own, to be killed."""

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._command = ["redis-server", *options, "--dir", str(folder)]

    def start(self):
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)

    def kill(self):
        self._process.kill()
        self._process.wait(10)


@contextmanager
def worker(database_url, redis_url):
    environment = environment_of(database_url, REDIS_URL=redis_url)
    command = [sys.executable, "manage.py", "run_worker"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


async def read_natively(server, key, heard):
    """Keep the numbers that a WebSocket hears, and resume whenever it is cut."""
    address = f"{server.url.replace('http', 'ws', 1)}/ws/projects/{ARENA}/"
    while True:
        since = heard[-1] if heard else 0
        with suppress(*CUT):
            async with connect(
                f"{address}?since={since}", additional_headers={"X-API-Key": key}
            ) as socket:
                async for text in socket:
                    event = json.loads(text)
                    if event["type"] != "joined_project":
                        heard.append(event["seq"])
        await asyncio.sleep(0.1)


async def read_over_socket_io(server, key, heard):
    """The same for a client of Socket.IO."""
    client = socketio.AsyncClient(reconnection_delay=0.1, reconnection_delay_max=0.5)

    async def join():
        since = heard[-1] if heard else 0
        await client.emit("join_project", {"project_id": ARENA, "since": since})

    async def keep(event, data):
        if event != "joined_project" and "seq" in data:
            heard.append(data["seq"])

    client.on("connect", join)
    client.on("*", keep)
    await client.connect(server.url, auth={"api_key": key}, transports=["websocket"])
    try:
        await client.wait()
    finally:
        await client.disconnect()


def last_seq(database_url):
    """Return the project's last number once nothing waits; None before."""
    with psycopg.connect(database_url) as connection:
        waiting = connection.execute(
            "SELECT count(*) FROM moderation_outboxevent WHERE sent_at IS NULL"
        ).fetchone()[0]
        last = connection.execute(
            "SELECT seq, type FROM moderation_outboxevent ORDER BY seq DESC NULLS LAST LIMIT 1"
        ).fetchone()
    return last[0] if not waiting and last and last[1] == "stats_update" else None


async def until(condition, seconds=SETTLE_SECONDS):
    async with asyncio.timeout(seconds):
        while not (found := await asyncio.to_thread(condition)):  # noqa: ASYNC110 (processes)
            await asyncio.sleep(0.1)
    return found


async def answered(clients, more=20):
    """Wait until the clients have got so many more answers."""
    before = sum(len(client.answers) for client in clients)
    await until(lambda: sum(len(client.answers) for client in clients) >= before + more)


@asynccontextmanager
async def reading(servers, key):
    """Read both ways from both servers; yield the numbers that each reader hears."""
    heard = [[] for _ in range(4)]
    ways = [read_natively, read_over_socket_io]
    sources = [(way, server) for server in servers for way in ways]
    readings = [
        asyncio.create_task(way(server, key, numbers))
        for (way, server), numbers in zip(sources, heard, strict=True)
    ]
    try:
        yield heard
    finally:
        for one in readings:
            one.cancel()
        await asyncio.gather(*readings, return_exceptions=True)


@asynccontextmanager
async def writing(servers, key):
    """Send checks to both servers; yield the clients that send them."""
    stopped = threading.Event()
    clients = [Streamer(n, servers[n % 2].port, key, stopped) for n in range(4)]
    for client in clients:
        client.start()
    try:
        yield clients
    finally:
        stopped.set()
        for client in clients:
            await asyncio.to_thread(client.join, 60)


@pytest.fixture
def redis(tmp_path):
    running = Redis(tmp_path)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def servers(database_url, redis, tmp_path):
    made = [LiveServer(database_url, tmp_path / name, REDIS_URL=redis.url) for name in "ab"]
    yield made
    for server in made:
        server.stop()


async def test_every_reader_hears_every_event_once_and_in_order(database_url, redis, servers):
    key = stored(database_url, "make", "check", "read")
    with worker(database_url, redis.url) as leader:
        for server in servers:
            await asyncio.to_thread(server.start)
        async with reading(servers, key) as heard:
            async with writing(servers, key) as clients:
                await answered(clients)
                leader.kill()
                await answered(clients)
                redis.kill()
                await answered(clients)
                redis.start()
                await answered(clients)
                await asyncio.to_thread(servers[0].kill)
                await asyncio.to_thread(servers[0].start)
                await answered(clients)
            last = await until(lambda: last_seq(database_url))
            await until(lambda: all(numbers and numbers[-1] >= last for numbers in heard))
    assert heard == [list(range(1, last + 1))] * 4
    assert [client.refused for client in clients] == [[], [], [], []]
