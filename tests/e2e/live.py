"""Readers that resume, writers that keep a pace, a Redis and a RabbitMQ to be killed."""

import asyncio
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import uuid4

import aio_pika
import socketio
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.e2e.servers import free_port
from tests.e2e.stores import ARENA
from tests.e2e.test_kill import Streamer

CUT = (OSError, WebSocketException, InvalidHandshake, TimeoutError)


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


class RabbitMQ:
    """A RabbitMQ of our own, with the interface of a `Gate`: shut, it is killed."""

    server = "/usr/lib/rabbitmq/bin/rabbitmq-server"

    def __init__(self, folder):
        self.port, self._epmd_port = free_port(), free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/"
        config = folder / "rabbitmq.conf"
        config.write_text(f"listeners.tcp.local = 127.0.0.1:{self.port}\n")
        self._log = folder / "rabbitmq.log"
        self._environment = {
            **os.environ, "HOME": str(folder), "RABBITMQ_CONFIG_FILE": str(config),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"), "RABBITMQ_LOG_BASE": str(folder),
            "RABBITMQ_NODENAME": f"live{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port), "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_PID_FILE": str(folder / "pid"), "ERL_EPMD_PORT": str(self._epmd_port),
        }  # fmt: skip
        self._pid_file = folder / "pid"
        # The broker would start one that outlives it.
        self._epmd = subprocess.Popen([shutil.which("epmd"), "-port", str(self._epmd_port)])

    def open(self):
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self.server], env=self._environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 120
        while not is_listening(self.port):
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.1)

    def shut(self):
        if self._process.poll() is None:
            # The script waits for the broker, whose number it writes down.
            os.kill(int(self._pid_file.read_text()), signal.SIGKILL)
            self._process.wait(30)

    def end(self):
        self.shut()
        self._epmd.kill()
        self._epmd.wait(10)


def is_listening(port):
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


class Queue:
    """A queue that gets every message of an exchange; each call has a connection of its own."""

    def __init__(self, url, exchange):
        self._url, self.name = url, f"live_{uuid4().hex}"
        asyncio.run(self._bind(exchange))

    async def _bind(self, exchange):
        async with await aio_pika.connect(self._url) as connection:
            channel = await connection.channel()
            source = await channel.declare_exchange(
                exchange, aio_pika.ExchangeType.TOPIC, durable=True
            )
            queue = await channel.declare_queue(self.name, durable=True)
            await queue.bind(source, "#")

    async def take(self):
        """Return the bodies that are in the queue, and delete it."""
        async with await aio_pika.connect(self._url) as connection:
            channel = await connection.channel()
            queue, bodies = await channel.get_queue(self.name), []
            while message := await queue.get(fail=False, no_ack=True):
                bodies.append(json.loads(message.body))
            await queue.delete(if_unused=False, if_empty=False)
        return bodies


# --- Readers


@dataclass
class Heard:
    """The numbers of the events that a reader got, and the last figures."""

    numbers: list = field(default_factory=list)
    stats: dict = field(default_factory=dict)

    def keep(self, kind, seq, data):
        self.numbers.append(seq)
        if kind == "stats_update":
            self.stats = data

    @property
    def last(self):
        return self.numbers[-1] if self.numbers else 0


async def read_natively(server, key, heard):
    """Read over a WebSocket, and resume whenever it is cut."""
    address = f"{server.url.replace('http', 'ws', 1)}/ws/projects/{ARENA}/"
    while True:
        with suppress(*CUT):
            async with connect(
                f"{address}?since={heard.last}", additional_headers={"X-API-Key": key}
            ) as opened:
                async for text in opened:
                    event = json.loads(text)
                    if event["type"] != "joined_project":
                        heard.keep(event["type"], event["seq"], event["data"])
        await asyncio.sleep(0.1)


async def read_over_socket_io(server, key, heard):
    """The same for a client of Socket.IO."""
    client = socketio.AsyncClient(reconnection_delay=0.1, reconnection_delay_max=0.5)

    async def join():
        await client.emit("join_project", {"project_id": ARENA, "since": heard.last})

    async def keep(event, data):
        if event != "joined_project" and "seq" in data:
            heard.keep(event, data["seq"], data)

    client.on("connect", join)
    client.on("*", keep)
    await client.connect(server.url, auth={"api_key": key}, transports=["websocket"])
    try:
        await client.wait()
    finally:
        await client.disconnect()


@asynccontextmanager
async def reading(servers, key):
    """Read both ways from each server; yield what each reader hears."""
    ways = [read_natively, read_over_socket_io]
    sources = [(way, server) for server in servers for way in ways]
    heard = [Heard() for _ in sources]
    readings = [
        asyncio.create_task(way(server, key, each))
        for (way, server), each in zip(sources, heard, strict=True)
    ]
    try:
        yield heard
    finally:
        for one in readings:
            one.cancel()
        await asyncio.gather(*readings, return_exceptions=True)


# --- Writers


class PacedStreamer(Streamer):
    """Sends `rate` checks a second; what a dead server held up follows at once."""

    def __init__(self, *streamer, rate):
        super().__init__(*streamer)
        self.rate = rate

    def author(self, choose):
        """Nobody else writes for this author: one after the other, the messages have an order."""
        return f"author{self.number}-{choose.randrange(3)}"

    def run(self):
        choose = random.Random(self.number)
        started = time.monotonic()
        for count in itertools.count(1):
            if self.stopped.wait(max(0.0, started + count / self.rate - time.monotonic())):
                return
            self._send_until_answered(f"c{self.number}-{count}", choose)


@asynccontextmanager
async def writing(servers, key, rate, clients):
    """Send so many checks a second, from so many clients; yield the clients."""
    stopped = threading.Event()
    made = [
        PacedStreamer(
            number, servers[number % len(servers)].port, key, stopped, rate=rate / clients
        )
        for number in range(clients)
    ]
    for client in made:
        client.start()
    try:
        yield made
    finally:
        stopped.set()
        for client in made:
            await asyncio.to_thread(client.join, 60)
