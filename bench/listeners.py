"""Measure what an event costs that many sockets get, the checks that cause it included."""

import asyncio
import itertools
import json
from dataclasses import dataclass

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench.cases import HARMLESS, check_of
from bench.delay import EVENT, LAST_SECONDS
from bench.load import ask
from bench.servers import Server

LISTENERS = 50
CHECKS_PER_SECOND = 20


@dataclass(frozen=True)
class Deliveries:
    count: int
    #: Of the server's process, for each.
    cpu_microseconds: float


def deliveries_of(server: Server, seconds: float) -> Deliveries:
    return uvloop.run(_measured(server, seconds))


async def _measured(server: Server, seconds: float) -> Deliveries:
    url = f"ws://127.0.0.1:{server.port}/ws/projects/bench/"
    links = [
        await connect(url, additional_headers={"X-API-Key": server.key}) for _ in range(LISTENERS)
    ]
    for link in links:
        await link.recv()
    hearing = [asyncio.create_task(_count(link)) for link in links]
    before = server.cpu_seconds()
    numbers = itertools.count(20_000_000)
    checks = int(seconds * CHECKS_PER_SECOND)
    for _ in range(checks):
        await asyncio.sleep(1 / CHECKS_PER_SECOND)
        await ask(server.port, check_of(HARMLESS)(next(numbers), server.key))
    await asyncio.sleep(LAST_SECONDS)
    used = server.cpu_seconds() - before
    for link in links:
        await link.close()
    heard = sum(await asyncio.gather(*hearing))
    if heard != checks * LISTENERS:
        raise SystemExit(f"{heard} of {checks * LISTENERS} events came")
    return Deliveries(heard, 1e6 * used / heard)


async def _count(link: ClientConnection) -> int:
    return sum([json.loads(text)["type"] == EVENT async for text in link])
