"""Measure Perspective's `comments:analyze` against our own `analyze`, in turns, on one server.

The same texts, both without anything stored. A single answer that is not 200 ends the run.
"""

import argparse
import itertools
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median, quantiles

import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.cases import harmless
from bench.databases import DATABASES
from bench.load import Load, load
from bench.report import machine
from bench.servers import serving

CONNECTIONS = 100
ROUNDS, ROUND_SECONDS, WARM_UP_SECONDS = 6, 5.0, 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a moment each")
    is_quick = parser.parse_args().quick
    rounds, seconds = (1, 0.5) if is_quick else (ROUNDS, ROUND_SECONDS)
    with DATABASES["SQLite"]() as url, serving(url) as server:
        requests = {
            "analyze": map(partial(native, server.key), itertools.count()),
            "comments:analyze": map(partial(perspective, server.key), itertools.count()),
        }
        done: dict[str, list[Load]] = {name: [] for name in requests}
        for asked in requests.values():
            run(server.port, asked, WARM_UP_SECONDS)
        for _ in range(rounds):
            for name, asked in requests.items():
                done[name].append(run(server.port, asked, seconds))
    print(f"{machine()}; {CONNECTIONS} connections, {rounds} rounds of {seconds:g} s each")
    print(table(done), end="")


def run(port: int, requests: Iterator[bytes], seconds: float) -> Load:
    return uvloop.run(load(port, requests, seconds, CONNECTIONS))


def table(done: dict[str, list[Load]]) -> str:
    lines = [
        "| call | answered | per second | ratio | p50 ms | p99 ms |",
        "|---|---|---|---|---|---|",
    ]
    reference = rate(done["analyze"])
    for name, loads in done.items():
        latencies = [latency for one in loads for latency in one.latencies]
        steps = quantiles(latencies, n=100)
        cells = (
            name,
            str(len(latencies)),
            f"{rate(loads):.0f}",
            f"{rate(loads) / reference:.2f}",
            f"{1000 * steps[49]:.1f}",
            f"{1000 * steps[98]:.1f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def rate(loads: list[Load]) -> float:
    """Return the median round's answers in a second."""
    return median(len(one.latencies) / one.seconds for one in loads)


def native(key: str, number: int) -> bytes:
    return post("/api/v1/moderation/analyze", {"text": harmless(number)}, f"X-API-Key: {key}\r\n")


def perspective(key: str, number: int) -> bytes:
    asked = {"comment": {"text": harmless(number)}, "requestedAttributes": {"TOXICITY": {}}}
    return post(f"/v1alpha1/comments:analyze?key={key}", asked)


def post(path: str, document: dict[str, object], header: str = "") -> bytes:
    body = json.dumps(document).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    main()
