"""Measure 64 checks at once whose model hangs: each is answered in model_wait_ms and 100 ms."""

import asyncio
import itertools
import os
import sys
import time
from collections.abc import Iterator
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
ROUNDS = 3


def main() -> None:
    os.environ["BENCH_MODEL"] = "detoxify:hangs"
    bursts = []
    for _ in range(ROUNDS):
        # A model that hung once hangs for good, so each round has a server of its own.
        with sqlite() as url, serving(url) as server:
            bursts.append(asyncio.run(measured(server)))
    print(f"{machine()}; {CHECKS} checks at once, {ROUNDS} rounds, slowest answer in ms:")
    for name, times in zip(("answering", "hanging"), zip(*bursts, strict=True), strict=True):
        print(f"model {name}: {', '.join(f'{one:.0f}' for one in times)}")
    print(f"goal with a hanging model: {GOAL_MS}")


async def measured(server: Server) -> tuple[float, float]:
    """Return the milliseconds until the last answer while the model answers, and once it hangs."""
    numbers = itertools.count()
    for _ in range(3):
        answering, _ = await burst(server, "All is well", numbers)
    hanging, degraded = await burst(server, HANGS, numbers)
    assert degraded == CHECKS, f"{degraded} of {CHECKS} judged without the model"
    return answering, hanging


async def burst(server: Server, text: str, numbers: Iterator[int]) -> tuple[float, int]:
    # Each with its number: a copy would not need the model.
    request = check_of(lambda number: f"{text} {number}")
    requests = [request(next(numbers), server.key) for _ in range(CHECKS)]
    started = time.perf_counter()
    answers = await asyncio.gather(*(ask(server.port, request) for request in requests))
    took = time.perf_counter() - started
    return 1000 * took, sum(answer["degraded"] == ["model"] for answer in answers)


if __name__ == "__main__":
    main()
