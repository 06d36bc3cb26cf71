"""Write the measured rows as a table for the terminal and for docs/performance.md."""

import os
import platform
from pathlib import Path

from bench.delay import CHECKS_PER_SECOND, Delay
from bench.load import CONNECTIONS
from bench.measure import Effort, Row, Spread
from bench.servers import ROOT

PAGE = ROOT / "docs" / "performance.md"
MARKER = "<!-- measured: `make bench` writes what follows -->\n"
HEAD = ("database", "case", "per second", "ratio", "p50 ms", "p99 ms", "CPU ms", "CPU ratio")
Measured = dict[str, list[Row]]


def table(measured: Measured) -> str:
    """Return a Markdown table; the first row of each database is its reference."""
    lines = [HEAD, tuple("---" for _ in HEAD)]
    for database, rows in measured.items():
        lines += [cells(database, row, rows[0]) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "".join("| " + " | ".join(map(str.ljust, line, widths)) + " |\n" for line in lines)


def delay_table(delays: dict[str, Delay]) -> str:
    """Return how soon after its answer a check's event is on a socket."""
    lines = ["| database | p50 ms | p99 ms |\n| --- | --- | --- |\n"]
    lines += [f"| {name} | {d.p50_ms:.1f} | {d.p99_ms:.1f} |\n" for name, d in delays.items()]
    return "".join(lines)


def cells(database: str, row: Row, reference: Row) -> tuple[str, ...]:
    rate, cpu = row.spread("per_second"), row.spread("cpu_ms")
    ratio = rate.median / reference.spread("per_second").median
    cpu_ratio = cpu.median / reference.spread("cpu_ms").median
    return (
        database,
        row.case.name,
        shown(rate, 0),
        f"{ratio:.2f}",
        shown(row.spread("p50_ms"), 2),
        shown(row.spread("p99_ms"), 2),
        shown(cpu, 3),
        f"{cpu_ratio:.2f}",
    )


def shown(spread: Spread, digits: int) -> str:
    return f"{spread.median:.{digits}f} ({spread.least:.{digits}f}–{spread.most:.{digits}f})"


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def write(measured: Measured, delays: dict[str, Delay], effort: Effort, page: Path = PAGE) -> None:
    """Put the run into the page, below the text that people wrote."""
    text = page.read_text().partition(MARKER)[0]
    how = (
        f"{machine()}; {CONNECTIONS} connections, {effort.rounds} rounds of "
        f"{effort.round_seconds:g} s each."
    )
    socket = (
        f"From a check's answer to its event on a socket, at {CHECKS_PER_SECOND} checks a second "
        f"for {effort.delay_seconds:g} s:"
    )
    tables = f"{how}\n\n{table(measured)}\n{socket}\n\n{delay_table(delays)}"
    page.write_text(f"{text}{MARKER}\n{tables}")
