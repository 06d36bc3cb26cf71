"""Sockets that speak to the consumer, and a real server for those that need one."""

import asyncio
import json
import socket
import threading
import time

import uvicorn
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.db import connections

from moderation.delivery.sockets.routing import websocket_urlpatterns

APPLICATION = URLRouter(websocket_urlpatterns)


class Socket(WebsocketCommunicator):
    """A client of the consumer; messages are dicts."""

    def __init__(self, path, server=("192.0.2.9", 8000), **headers):
        named = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
        super().__init__(APPLICATION, path, headers=[(b"host", b"testserver"), *named])
        self.scope["client"] = ["192.0.2.1", 4321]
        self.scope["server"] = list(server)

    async def say(self, type_, **fields):
        await self.send_to(text_data=json.dumps({"type": type_, **fields}))

    async def hear(self, seconds=30):
        return await self.receive_json_from(timeout=seconds)

    async def hear_numbers(self, count):
        """Return the seq of the next events."""
        return [(await self.hear())["seq"] for _ in range(count)]

    async def hear_close(self, seconds=30):
        """Return the last message and the close code."""
        last = await self.hear(seconds)
        return last, (await self.receive_output(seconds))["code"]


class Server:
    """Uvicorn in a thread, serving the sockets of this process."""

    def __init__(self, application=APPLICATION):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self.listener.getsockname()[1]}"
        config = uvicorn.Config(
            application, lifespan="off", log_level="warning", ws_per_message_deflate=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self):
        self._server.should_exit = True
        self._thread.join(10)
        self.listener.close()

    def _run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        await self._server.serve(sockets=[self.listener])
        await sync_to_async(connections.close_all)()
