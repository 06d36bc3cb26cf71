"""A bare channel layer: sockets in one group, and events of a given size sent to it on the beat.

`POST /tell?events=N&per_second=N&size=N` answers once all are sent.
"""

import asyncio
import json
import time
from typing import Any
from urllib.parse import parse_qs

import django
from django.conf import settings

settings.configure(
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            "CONFIG": {"capacity": 10_000},
        }
    },
    SECRET_KEY="only for a benchmark",  # noqa: S106
)
django.setup()

# Below: what needs the lines above.
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402

GROUP = "bench"


class Consumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()
        await self.send('{"type": "joined_project", "seq": 0}')

    async def disconnect(self, _code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def event(self, message: dict[str, Any]) -> None:
        await self.send(message["text"])


sockets = Consumer.as_asgi()


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await sockets(scope, receive, send)
    elif scope["type"] == "http":
        asked = {
            name: int(one) for name, (one,) in parse_qs(scope["query_string"].decode()).items()
        }
        await tell(**asked)
        headers = [(b"content-length", b"2"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})


async def tell(events: int, per_second: int, size: int) -> None:
    layer, started = get_channel_layer(), time.perf_counter()
    for number in range(events):
        await asyncio.sleep(started + number / per_second - time.perf_counter())
        text = json.dumps({"type": "event", "seq": number + 1, "data": "x" * size})
        await layer.group_send(GROUP, {"type": "event", "text": text})
