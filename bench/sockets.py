"""Measure 1,000 sockets that get 50 events a second for 10 s, beside a bare channel layer.

    python bench/sockets.py [--sockets 1000] [--per-second 50] [--seconds 10]

All in one run: checks without a socket, ours with all sockets, ours and the bare layer with 200.
"""

import argparse
import itertools
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.databases import DATABASES, has_postgresql
from bench.listeners import Deliveries, measured, measured_with
from bench.load import ask
from bench.report import machine, table
from bench.servers import OPTIONS, Server, environment_of, running, serving

FEW = 200
#: Of a moderation_update on the wire.
EVENT_BYTES = 600
BARE = ("-m", "uvicorn", "bench.bare:application")


def main() -> None:
    options = parsed()
    rate, seconds = options.per_second, options.seconds
    name = "PostgreSQL" if has_postgresql() else "SQLite"
    # Authors of their own for each measurement: copies of a text would be flagged.
    numbers = itertools.count(30_000_000, 5_000)
    with DATABASES[name]() as url, serving(url) as server, bare() as layer:
        measured(server, 1, rate, min(2.0, seconds), first=next(numbers))  # a warm-up
        alone = measured(server, 0, rate, seconds, first=next(numbers))
        # First: later connections take memory that earlier ones gave back.
        many = measured(server, options.sockets, rate, seconds, first=next(numbers))
        few = measured(server, FEW, rate, seconds, first=next(numbers))
        plain = measured_with(layer, FEW, telling(layer, rate, seconds), "event")
    rows = {f"{options.sockets:,} sockets": many, f"{FEW} sockets": few}
    checks = alone.cpu_seconds
    lines = [line(f"{name}, {label}", one, checks, plain) for label, one in rows.items()]
    lines.append(line(f"bare channel layer, {FEW} sockets", plain, 0.0, plain))
    head = (
        "", "deliveries", "lost", "gaps", "closed", "seconds", "CPU µs a delivery",
        "without the checks", "× bare", "KB a connection",
    )  # fmt: skip
    print(f"{machine()}; {rate} checks a second for {seconds:g} s\n")
    print(table(head, lines), end="")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--per-second", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10.0)
    return parser.parse_args()


def line(name: str, one: Deliveries, checks: float, plain: Deliveries) -> tuple[str, ...]:
    """Return a row; checks: the processor's seconds of the same checks without a socket."""
    each = 1e6 * one.cpu_seconds / max(1, one.all)
    without = 1e6 * (one.cpu_seconds - checks) / max(1, one.all)
    bare_each = 1e6 * plain.cpu_seconds / max(1, plain.all)
    return (
        name, f"{one.all:,}", f"{one.lost:,}", f"{one.gaps:,}", str(one.closed),
        f"{one.seconds:.1f}", f"{each:.1f}", f"{without:.1f}", f"{without / bare_each:.2f}",
        f"{one.kb_per_socket:.0f}" if one.kb_per_socket >= 1 else "",
    )  # fmt: skip


@contextmanager
def bare() -> Iterator[Server]:
    with running(BARE, environment_of(""), OPTIONS) as (port, pid):
        yield Server(port, pid, "")


def telling(layer: Server, rate: int, seconds: float) -> Callable[[], Awaitable[int]]:
    events = int(rate * seconds)
    path = f"/tell?events={events}&per_second={rate}&size={EVENT_BYTES}"

    async def tell() -> int:
        await ask(layer.port, f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        return events

    return tell


if __name__ == "__main__":
    main()
