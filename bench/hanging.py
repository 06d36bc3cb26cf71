"""Measure 64 checks at once whose model hangs: each is answered in model_wait_ms and 100 ms."""

import asyncio
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.cases import check_of
from bench.databases import sqlite
from bench.load import ask
from bench.models import HANGS
from bench.report import machine
from bench.servers import Server, serving

CHECKS = 64
WAIT_MS = 300  # the balanced preset
GOAL_MS = WAIT_MS + 100
ROUNDS = 5


def main() -> None:
    os.environ["BENCH_MODEL"] = "hangs"
    slowest = []
    for _ in range(ROUNDS):
        # A model that hung once hangs for good, so each round has a server of its own.
        with sqlite() as url, serving(url) as server:
            slowest.append(asyncio.run(measured(server)))
    print(f"{machine()}; {CHECKS} checks at once, {ROUNDS} rounds, slowest answer in ms:")
    print(f"{', '.join(f'{one:.0f}' for one in slowest)} (goal {GOAL_MS})")


async def measured(server: Server) -> float:
    """Return the milliseconds until the last of all answers, once the server is warm."""
    for at in range(CHECKS):
        await ask(server.port, check_of("All is well")(at, server.key))
    started = time.perf_counter()
    numbers = range(CHECKS, 2 * CHECKS)
    checks = (ask(server.port, check_of(HANGS)(number, server.key)) for number in numbers)
    answers = await asyncio.gather(*checks)
    took = time.perf_counter() - started
    assert all(answer["degraded"] == ["model"] for answer in answers), answers
    return 1000 * took


if __name__ == "__main__":
    main()
