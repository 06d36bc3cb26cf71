"""Write what was measured as tables for the terminal and for docs/performance.md."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cases import EMPTY
from bench.delay import CHECKS_PER_SECOND, Delay
from bench.growth import Growth
from bench.listeners import CHECKS_PER_SECOND as SLOW_CHECKS
from bench.listeners import LISTENERS, Deliveries
from bench.measure import Effort, Row, Spread
from bench.servers import ROOT

PAGE = ROOT / "docs" / "performance.md"
MARKER = "<!-- measured: `make bench` writes what follows -->\n"
HEAD = (
    "database", "case", "clients", "per second", "× empty", "× rival", "p50 ms", "p99 ms", "CPU ms",
    "CPU × rival",
)  # fmt: skip


@dataclass
class Figures:
    """What was measured on one database; None if it was not asked for."""

    cases: list[Row] | None = None
    delay: Delay | None = None
    #: Ours and the rival's.
    listeners: list[Deliveries] | None = None
    million: Growth | None = None


def tables(figures: Mapping[str, Figures], effort: Effort) -> str:
    parts = [_cases(figures), _delays(figures), _listeners(figures), _millions(figures, effort)]
    return "\n".join(part for part in parts if part)


def _cases(figures: Mapping[str, Figures]) -> str:
    lines = [
        cells(database, row, one.cases)
        for database, one in figures.items()
        if one.cases
        for row in one.cases
    ]
    return table(HEAD, lines)


def cells(database: str, row: Row, rows: Sequence[Row]) -> tuple[str, ...]:
    rate, cpu = row.spread("per_second"), row.spread("cpu_ms")
    empty = next(one for one in rows if one.case is EMPTY).spread("per_second")
    rival = next((one for one in rows if one.is_rival and one.case is row.case), None)
    return (
        database,
        f"rival: {row.case.name}" if row.is_rival else row.case.name,
        str(row.case.connections),
        shown(rate, 0),
        f"{rate.median / empty.median:.2f}",
        f"{rate.median / rival.spread('per_second').median:.2f}" if rival else "",
        shown(row.spread("p50_ms"), 2),
        shown(row.spread("p99_ms"), 2),
        shown(cpu, 3),
        f"{cpu.median / rival.spread('cpu_ms').median:.2f}" if rival else "",
    )


def _delays(figures: Mapping[str, Figures]) -> str:
    found = [(name, one.delay) for name, one in figures.items() if one.delay]
    lines = [(name, f"{d.p50_ms:.1f}", f"{d.p99_ms:.1f}") for name, d in found]
    title = (
        f"From a check's answer to its event on a socket, at {CHECKS_PER_SECOND} checks a second:"
    )
    return titled(title, table(("database", "p50 ms", "p99 ms"), lines))


def _listeners(figures: Mapping[str, Figures]) -> str:
    found = [(name, one.listeners) for name, one in figures.items() if one.listeners]
    lines = [
        (name, str(ours.count), f"{ours.cpu_microseconds:.0f}", f"{rival.cpu_microseconds:.0f}")
        for name, (ours, rival) in found
    ]
    title = (
        f"Processor time for each event delivered to one of {LISTENERS} sockets, at {SLOW_CHECKS} "
        "checks a second, the checks included:"
    )
    return titled(title, table(("database", "deliveries", "CPU µs", "rival CPU µs"), lines))


def _millions(figures: Mapping[str, Figures], effort: Effort) -> str:
    found = [(name, one.million) for name, one in figures.items() if one.million]
    lines = []
    for name, growth in found:
        empty, full = growth.empty.spread("per_second"), growth.full.spread("per_second")
        ratio = f"{full.median / empty.median:.2f}"
        lines.append((name, shown(empty, 0), shown(full, 0), ratio))
    head = ("database", "empty, per second", "full, per second", "full / empty")
    title = f"Checks with {effort.stored:,} messages stored before, against an empty table:"
    return titled(title, table(head, lines))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; nothing without rows."""
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "".join("| " + " | ".join(map(str.ljust, line, widths)) + " |\n" for line in lines)


def titled(title: str, body: str) -> str:
    return f"{title}\n\n{body}" if body else ""


def shown(spread: Spread, digits: int) -> str:
    return f"{spread.median:.{digits}f} ({spread.least:.{digits}f}–{spread.most:.{digits}f})"


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def write(text: str, effort: Effort, page: Path = PAGE) -> None:
    """Put the run into the page, below the text that people wrote."""
    written = page.read_text().partition(MARKER)[0]
    how = f"{machine()}; {effort.rounds} rounds of {effort.round_seconds:g} s each."
    page.write_text(f"{written}{MARKER}\n{how}\n\n{text}")
