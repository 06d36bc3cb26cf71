"""Measure every case in turns, here and with the rival, so that a busy machine spoils all alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median, quantiles

import uvloop

from bench.cases import CASES, EMPTY, Case, numbering, requests_of
from bench.load import Load, ask, load
from bench.servers import SETTLE_SECONDS, Server


@dataclass(frozen=True)
class Effort:
    """How long a run takes."""

    rounds: int
    round_seconds: float
    #: Not counted: builds the lexicon, opens the connections.
    warm_up_seconds: float
    #: Of steady checks while sockets listen.
    delay_seconds: float
    #: Messages in the full table.
    stored: int


FULL = Effort(rounds=3, round_seconds=2.0, warm_up_seconds=1.0, delay_seconds=5.0, stored=1_000_000)
QUICK = Effort(rounds=1, round_seconds=0.3, warm_up_seconds=0.1, delay_seconds=0.5, stored=1_000)


@dataclass(frozen=True)
class Round:
    #: Requests in a second; for a batch the messages.
    per_second: float
    p50_ms: float
    p99_ms: float
    #: Of the server's process, for each request; for a batch for each message.
    cpu_ms: float


@dataclass(frozen=True)
class Spread:
    median: float
    least: float
    most: float


@dataclass(frozen=True)
class Row:
    """What one server did in a case."""

    case: Case
    rounds: list[Round]
    is_rival: bool = False

    def spread(self, figure: str) -> Spread:
        values = [getattr(one, figure) for one in self.rounds]
        return Spread(median(values), min(values), max(values))


def rows_of(server: Server, rival: Server, effort: Effort) -> list[Row]:
    """Measure every case, the rival's after ours; the rival has no empty view."""
    rows = []
    for case in CASES:
        rows.append(Row(case, []))
        if case is not EMPTY:
            rows.append(Row(case, [], is_rival=True))
    numbers = numbering()
    for row in rows:
        asked = rival if row.is_rival else server
        check_answer(row.case, asked, numbers)
        measure(row.case, asked, numbers, effort.warm_up_seconds)
    for _ in range(effort.rounds):
        for row in rows:
            asked = rival if row.is_rival else server
            row.rounds.append(measure(row.case, asked, numbers, effort.round_seconds))
    return rows


def check_answer(case: Case, server: Server, numbers: Iterator[int]) -> None:
    """Stop the run if the server does other work than the case is named for."""
    answer = uvloop.run(ask(server.port, case.request(next(numbers), server.key)))
    if not case.is_right(answer):
        raise SystemExit(f"{case.name}: unexpected answer {answer}")


def measure(case: Case, server: Server, numbers: Iterator[int], seconds: float) -> Round:
    requests = requests_of(case, server.key, numbers)
    before = server.cpu_seconds()
    done = uvloop.run(load(server.port, requests, seconds, case.connections))
    # What a short round leaves behind is soon done.
    server.settle(min(SETTLE_SECONDS, 3 * seconds))
    return round_of(case, done, server.cpu_seconds() - before)


def round_of(case: Case, done: Load, cpu_seconds: float) -> Round:
    messages = len(done.latencies) * case.messages
    percentiles = quantiles(done.latencies, n=100)
    return Round(
        per_second=messages / done.seconds,
        p50_ms=1000 * percentiles[49],
        p99_ms=1000 * percentiles[98],
        cpu_ms=1000 * cpu_seconds / messages,
    )
