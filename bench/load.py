"""Keep a few connections busy for a time; each sends its next request when the last is answered."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CONNECTIONS = 16
REQUEST_SECONDS = 60.0


class Refused(Exception):
    """The server answered with something else than 200: the figures would mean nothing."""


@dataclass(frozen=True)
class Load:
    seconds: float
    #: Of each request, in seconds.
    latencies: list[float]


async def load(
    port: int, requests: Iterator[bytes], seconds: float, connections: int = CONNECTIONS
) -> Load:
    """Return what one round of so many seconds brought."""
    links = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    started = time.perf_counter()
    latencies = await asyncio.gather(
        *(_keep_busy(link, requests, started + seconds) for link in links)
    )
    took = time.perf_counter() - started
    for _, writer in links:
        writer.close()
    return Load(took, [latency for part in latencies for latency in part])


async def ask(port: int, request: bytes) -> Any:
    """Send one request; return the document answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    body = await _answer(reader)
    writer.close()
    return json.loads(body)


Link = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _keep_busy(link: Link, requests: Iterator[bytes], until: float) -> list[float]:
    reader, writer = link
    latencies = []
    while True:
        request = next(requests)
        sent = time.perf_counter()
        writer.write(request)
        await _answer(reader)
        latencies.append(time.perf_counter() - sent)
        # After the first one: on a busy machine a short round is over before it began.
        if time.perf_counter() >= until:
            return latencies


async def _answer(reader: asyncio.StreamReader) -> bytes:
    """Return the body of the next answer, whose length is always declared."""
    async with asyncio.timeout(REQUEST_SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        body = await reader.readexactly(int(length))
    if not head.startswith(b"HTTP/1.1 200 "):
        raise Refused((head + body).decode(errors="replace"))
    return body
