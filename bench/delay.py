"""Measure how long after a check its event stands on a socket, at a steady pace."""

import asyncio
import json
import time
from dataclasses import dataclass
from statistics import median, quantiles

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench.pace import send_checks
from bench.servers import Server

CHECKS_PER_SECOND = 100
#: The last events may still be on their way when the last check is answered.
LAST_SECONDS = 2.0
EVENT = "moderation_update"


@dataclass(frozen=True)
class Delay:
    """From the answer, which leaves when the message is stored, to its event on a socket."""

    p50_ms: float
    p99_ms: float


def delay_of(server: Server, seconds: float) -> Delay:
    return uvloop.run(_measured(server, seconds))


async def _measured(server: Server, seconds: float) -> Delay:
    url = f"ws://127.0.0.1:{server.port}/ws/projects/bench/"
    async with connect(url, additional_headers={"X-API-Key": server.key}) as socket:
        # What happens before it has joined is told only to who asks with `since`.
        assert json.loads(await socket.recv())["type"] == "joined_project"
        heard: dict[str, float] = {}
        hearing = asyncio.create_task(_hear(socket, heard))
        answered = await send_checks(server, CHECKS_PER_SECOND, seconds, first=10_000_000)
        await asyncio.sleep(LAST_SECONDS)
        hearing.cancel()
    missing = answered.keys() - heard.keys()
    if missing:
        raise SystemExit(f"{len(missing)} of {len(answered)} events never came")
    delays = [1000 * max(0.0, heard[id_] - at) for id_, at in answered.items()]
    return Delay(median(delays), quantiles(delays, n=100)[98])


async def _hear(socket: ClientConnection, heard: dict[str, float]) -> None:
    async for text in socket:
        event = json.loads(text)
        if event["type"] == EVENT:
            heard[event["data"]["content_id"]] = time.perf_counter()
