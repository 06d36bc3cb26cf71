"""Measure what an event costs that many sockets get, the checks that cause it included."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import uvloop

from bench.delay import EVENT
from bench.listening import Listener, listen
from bench.pace import send_checks
from bench.servers import Server

LISTENERS = 50
CHECKS_PER_SECOND = 20
#: How long nothing must come until all has come, and how long that may take.
QUIET_SECONDS = 2.0
MOST_SECONDS = 180.0
LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Deliveries:
    #: Events that were caused, to all sockets together; and how many of any type came.
    count: int
    all: int
    #: Events that did not come, numbers that did not follow, sockets that the server closed.
    lost: int
    gaps: int
    closed: int
    #: Of the server's process: in all, and how much memory each connection took.
    cpu_seconds: float
    kb_per_socket: float
    #: From the first check until the last delivery.
    seconds: float

    @property
    def cpu_microseconds(self) -> float:
        """The processor time for each event that was caused."""
        return 1e6 * self.cpu_seconds / self.count


def deliveries_of(server: Server, seconds: float) -> Deliveries:
    found = measured(server, LISTENERS, CHECKS_PER_SECOND, seconds, first=20_000_000)
    if found.lost or found.gaps or found.closed:
        raise SystemExit(f"{found.lost} of {found.count} events did not come")
    return found


def measured(
    server: Server, sockets: int, per_second: float, seconds: float, *, first: int
) -> Deliveries:
    """Let checks cause events; first: of the messages' numbers."""

    async def cause() -> int:
        return len(await send_checks(server, per_second, seconds, first))

    return uvloop.run(_measured(server, sockets, cause, EVENT.encode()))


def measured_with(
    server: Server, sockets: int, cause: Callable[[], Awaitable[int]], kind: str
) -> Deliveries:
    """The same with another cause of the events, which returns how many there were."""
    return uvloop.run(_measured(server, sockets, cause, kind.encode()))


async def _measured(
    server: Server, sockets: int, cause: Callable[[], Awaitable[int]], kind: bytes
) -> Deliveries:
    memory = server.memory_mb()
    listeners = await listen(server, sockets)
    memory = server.memory_mb() - memory
    before, started = server.cpu_seconds(), time.perf_counter()
    caused = await cause() * sockets
    ended = await _quiet(listeners, kind, caused)
    await asyncio.to_thread(server.settle)
    used = server.cpu_seconds() - before
    closed = sum(one.close_code is not None for one in listeners)
    for one in listeners:
        one.close()
    came = sum(one.counts[kind] for one in listeners)
    return Deliveries(
        count=max(1, caused),
        all=sum(one.heard for one in listeners),
        lost=caused - came,
        gaps=sum(one.gaps for one in listeners),
        closed=closed,
        cpu_seconds=used,
        kb_per_socket=1024 * memory / max(1, sockets),
        seconds=ended - started,
    )


async def _quiet(listeners: list[Listener], kind: bytes, wanted: int) -> float:
    """Wait until everything came, or nothing comes any more; return when the last came."""
    heard, last = -1, time.perf_counter()
    end = last + MOST_SECONDS
    while time.perf_counter() < min(end, last + QUIET_SECONDS):
        now = sum(one.heard for one in listeners)
        if now != heard:
            heard, last = now, time.perf_counter()
        elif sum(one.counts[kind] for one in listeners) == wanted:
            break
        await asyncio.sleep(LOOK_SECONDS)
    return last
