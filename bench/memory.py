"""Measure the server's memory beside an empty Django application under the same uvicorn.

Resident memory (VmRSS) in MB of 10^6 bytes: once it answers, and after checks of different texts;
and the processor's seconds until it answers, which a busy machine spoils less than the clock's.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.cases import check_of, same
from bench.databases import sqlite
from bench.load import ask
from bench.report import machine
from bench.servers import OPTIONS, ROOT, Server, running, serving

GOAL_MB = 200
CHECKS = 600
AT_ONCE = 8
TEXTS = (
    "Thanks for the help yesterday, the new map number {} works fine for me",
    "What an idiot you are, nobody here wants to read any of this {}",
    "Llámame al +34 612 34{:04d} o escribe a juan{}@example.com",
    "tum kahan ho yaar, kal ka match {} dekha kya",
)


def main() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with running(("-m", "uvicorn", "bench.empty:application"), environment, OPTIONS) as (port, pid):
        least, least_seconds = resident_mb(pid), Server(port, pid, "").cpu_seconds()
    with sqlite() as url, serving(url) as server:
        started, seconds = resident_mb(server.pid), server.cpu_seconds()
        asyncio.run(check(server))
        server.settle()
        used = resident_mb(server.pid)
    print(f"{machine()}; goal: under {GOAL_MB} MB")
    for name, found in (
        ("empty Django application", least),
        ("server, once it answers", started),
        (f"server, after {CHECKS} checks", used),
    ):
        print(f"{name:32}{found:>6.0f} MB{found / least:>7.1f} ×")
    print(
        f"until it answers: {seconds:.1f} s of the processor, the empty one {least_seconds:.1f} s"
    )


async def check(server: Server) -> None:
    numbers = itertools.count()
    for _ in range(CHECKS // AT_ONCE):
        texts = [TEXTS[at % len(TEXTS)] for at in range(AT_ONCE)]
        asked = [(next(numbers), text) for text in texts]
        requests = [check_of(same(text.format(n, n)))(n, server.key) for n, text in asked]
        await asyncio.gather(*(ask(server.port, request) for request in requests))


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    main()
