"""RabbitMQ for tests: an exchange and queues of their own, and a gate that can be shut."""

import asyncio
import json
import socket
import threading
import uuid
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

import aio_pika

from tests.services import ADDRESSES

URL = ADDRESSES["rabbitmq"]


class Gate:
    """A port that leads to the broker while it is open; shut, it refuses and cuts connections."""

    def __init__(self):
        broker = urlsplit(URL)
        self._broker = broker.hostname, broker.port or 5672
        self._listener, self._pairs = None, []
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            self.port = reserved.getsockname()[1]
        login = f"{broker.username}:{broker.password}@" if broker.username else ""
        self.url = urlunsplit(broker._replace(netloc=f"{login}127.0.0.1:{self.port}"))
        self.is_mute = False

    def open(self):
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def shut(self):
        if self._listener:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for side in self._pairs:
            with suppress(OSError):
                # Closing alone does not wake the threads that read from it.
                side.shutdown(socket.SHUT_RDWR)
        self._pairs = []

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
                server = socket.create_connection(self._broker)
            except OSError:
                return
            self._pairs += [client, server]
            for source, target in ((client, server), (server, client)):
                threading.Thread(
                    target=self._pump, args=[source, target, source is server], daemon=True
                ).start()

    def _pump(self, source, target, is_answer):
        with suppress(OSError):
            while data := source.recv(65536):
                if not (is_answer and self.is_mute):
                    target.sendall(data)
        for side in (source, target):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
        source.close()


class Broker:
    """An exchange with a queue that gets everything, and plain queues; all deleted at the end."""

    def __init__(self):
        self.exchange = f"test_{uuid.uuid4().hex}"
        self.queue = f"{self.exchange}_all"
        self._queues = [self.queue]
        self._runner = asyncio.Runner()
        self._runner.run(self._bind())

    async def _bind(self):
        self._connection = await aio_pika.connect(URL)
        self._channel = await self._connection.channel()
        exchange = await self._channel.declare_exchange(
            self.exchange, aio_pika.ExchangeType.TOPIC, durable=True
        )
        queue = await self._channel.declare_queue(self.queue, durable=True)
        await queue.bind(exchange, "#")

    def named(self, suffix):
        """Return the name of a queue that is deleted at the end."""
        self._queues.append(f"{self.exchange}_{suffix}")
        return self._queues[-1]

    def declare(self, name):
        """Make a plain durable queue."""
        self._runner.run(self._channel.declare_queue(name, durable=True))

    def put(self, name, *bodies):
        async def publish():
            for body in bodies:
                message = body
                if not isinstance(body, aio_pika.Message):
                    data = body if isinstance(body, bytes) else json.dumps(body).encode()
                    message = aio_pika.Message(data, delivery_mode=2)
                await self._channel.default_exchange.publish(message, name)

        self._runner.run(publish())

    def take(self, name=None):
        """Return and remove the messages that are in the queue now."""

        async def messages():
            queue, taken = await self._channel.get_queue(name or self.queue), []
            while message := await queue.get(fail=False, no_ack=True):
                taken.append(message)
            return taken

        return self._runner.run(messages())

    def bodies(self, name=None):
        return [json.loads(message.body) for message in self.take(name)]

    def delete(self):
        async def clean():
            for name in self._queues:
                await self._channel.queue_delete(name)
            await self._channel.exchange_delete(self.exchange)
            await self._connection.close()

        self._runner.run(clean())
        self._runner.close()
