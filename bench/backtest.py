"""Measure checks while a backtest of a policy runs over stored messages, and while none runs.

In turns, so that a busy machine spoils both alike; the same server, as in production, in one
process. A backtest that ends within its round begins anew.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


from bench.cases import Case, check_of, harmless, is_allowed, numbering, requests_of
from bench.databases import DATABASES, has_postgresql
from bench.load import load
from bench.measure import Round, check_answer, measure, round_of
from bench.servers import ROOT, Server, environment_of, serving

CASE = Case("check, allowed", check_of(harmless), is_allowed)
ROUNDS, WARM_UP_SECONDS = 3, 1.0
#: How often the row is asked whether it runs still.
LOOK_SECONDS = 0.5
PARTS = ("per_second", "p50_ms", "p99_ms")
CHANGES = {"thresholds": {"warn": 0.2, "flag": 0.5, "block": 0.8}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--database", choices=DATABASES)
    parser.add_argument("--seconds", type=float, default=8.0, help="of a round")
    options = parser.parse_args()
    names = list(DATABASES) if has_postgresql() else ["SQLite"]
    print("| database | | checks/s | p50 ms | p99 ms | looked at/s |")
    print("|---|---|---|---|---|---|")
    for name in [options.database] if options.database else names:
        with DATABASES[name]() as url, serving(url) as server:
            key = fill(url, options.rows)
            for line in rows_of(name, server, key, options.seconds):
                print(line, flush=True)


def fill(url: str, rows: int) -> str:
    """Store so many messages; return a key that may start a backtest."""
    command = [sys.executable, "-m", "bench.backtest_fill", str(rows)]
    environment = environment_of(url)
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def rows_of(name: str, server: Server, key: str, seconds: float) -> Iterator[str]:
    numbers = numbering()
    check_answer(CASE, server, numbers)
    measure(CASE, server, numbers, WARM_UP_SECONDS)
    alone: list[Round] = []
    beside: list[Round] = []
    looked: list[float] = []
    for _ in range(ROUNDS):
        alone.append(checked(server, numbers, seconds))
        with backtesting(server, key) as watch:
            beside.append(checked(server, numbers, seconds))
        looked.append(watch.per_second)
    if not any(looked):
        raise SystemExit("the backtests looked at nothing: make the rounds longer")
    yield line(name, "no backtest", alone, 0.0)
    yield line(name, "a backtest", beside, median(looked))
    pairs = [(middle(beside, part), middle(alone, part)) for part in PARTS]
    ratios = [f"{one / other:.2f}" for one, other in pairs]
    yield f"| {name} | ratio | {' | '.join(ratios)} | |"


def checked(server: Server, numbers: Iterator[int], seconds: float) -> Round:
    """Keep the server busy with checks for a round."""
    requests = requests_of(CASE, server.key, numbers)
    return round_of(CASE, uvloop.run(load(server.port, requests, seconds)), 0.0)


def middle(rounds: list[Round], part: str) -> float:
    return median(getattr(one, part) for one in rounds)


def line(name: str, what: str, rounds: list[Round], looked: float) -> str:
    per_second, p50, p99 = (middle(rounds, part) for part in PARTS)
    told = f"{looked:.0f}" if looked else ""
    return f"| {name} | {what} | {per_second:.0f} | {p50:.2f} | {p99:.2f} | {told} |"


# --- The backtest


class Watch:
    """Keeps one backtest running, whatever ends."""

    def __init__(self, server: Server, key: str) -> None:
        self._address = f"http://127.0.0.1:{server.port}/api/v1"
        self._key = key
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._since = time.monotonic()
        #: At how much content those looked that have ended.
        self._looked = 0
        self._running = self._begin()
        self.per_second = 0.0
        while not self._row()["done"]:
            time.sleep(LOOK_SECONDS)
        self._thread.start()

    def end(self) -> None:
        self._over.set()
        self._thread.join()
        looked = self._looked + self._row()["done"]
        self._call("DELETE", f"backtests/{self._running}")
        self.per_second = looked / (time.monotonic() - self._since)

    def _run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            row = self._row()
            if row["state"] == "done":
                self._looked += row["done"]
                self._running = self._begin()
            elif row["state"] != "running":
                raise SystemExit(f"the backtest is {row['state']}")

    def _begin(self) -> str:
        body = {"policy": CHANGES, "days": 90}
        found: str = self._call("POST", "policy/backtest", body)["id"]
        return found

    def _row(self) -> Any:
        return self._call("GET", f"backtests/{self._running}")

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {
            "X-API-Key": self._key,
            "Content-Type": "application/json",
            "Prefer": "respond-async",
        }
        data = json.dumps(body).encode() if body is not None else None
        address = f"{self._address}/{path}"
        request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read())


@contextmanager
def backtesting(server: Server, key: str) -> Iterator[Watch]:
    watch = Watch(server, key)
    try:
        yield watch
    finally:
        watch.end()


if __name__ == "__main__":
    main()
