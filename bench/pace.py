"""Send checks on the beat, whether the ones before are answered or not."""

import asyncio
import time

from bench.cases import check_of, harmless
from bench.load import ask
from bench.servers import Server


async def send_checks(
    server: Server, per_second: float, seconds: float, first: int
) -> dict[str, float]:
    """Return when each check was answered, by its content_id; first: of the messages' numbers."""
    answered: dict[str, float] = {}
    request = check_of(harmless)
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for beat in range(int(seconds * per_second)):
            await asyncio.sleep(started + beat / per_second - time.perf_counter())
            group.create_task(_check(server, request(first + beat, server.key), answered))
    return answered


async def _check(server: Server, request: bytes, answered: dict[str, float]) -> None:
    answer = await ask(server.port, request)
    answered[answer["content_id"]] = time.perf_counter()
