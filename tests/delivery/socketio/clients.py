"""The official Python client, which keeps what it hears."""

import asyncio

import aiohttp
import socketio


class Client:
    def __init__(self, url, transport="websocket"):
        self.url = url
        self.transports = [transport]
        # The client leaves connections of a session of its own open.
        self._http = aiohttp.ClientSession()
        self.socket = socketio.AsyncClient(reconnection=False, http_session=self._http)
        self._heard = asyncio.Queue()
        self._gone = asyncio.Event()
        self.socket.on("*", self._keep)
        self.socket.on("disconnect", self._note_end)

    async def connect(self, query="", *, auth=None, **headers):
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        await self.socket.connect(
            f"{self.url}/?{query}", headers=named, auth=auth, transports=self.transports
        )
        return self

    async def say(self, event, **data):
        await self.socket.emit(event, data)

    async def hear(self, event=None, seconds=30):
        """Return the payload of the next event, or of the next one of that name."""
        async with asyncio.timeout(seconds):
            while True:
                name, data = await self._heard.get()
                if event in (None, name):
                    return data

    async def hear_next(self, seconds=30):
        """Return the next event's name and payload."""
        return await asyncio.wait_for(self._heard.get(), seconds)

    async def hear_end(self, seconds=30):
        """Wait until the server has ended the connection."""
        await asyncio.wait_for(self._gone.wait(), seconds)

    async def close(self):
        await self.socket.disconnect()
        await self._http.close()

    async def _keep(self, event, data=None):
        await self._heard.put((event, data))

    async def _note_end(self, *_reason):
        self._gone.set()
