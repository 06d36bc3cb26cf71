"""Measure checks on a table of a million messages against an empty one, in turns."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench.cases import CASES, numbering
from bench.measure import Effort, Row, check_answer, measure
from bench.servers import ROOT, Server, environment_of, serving

#: No number that another section uses, and authors who wrote nothing in the last minute.
FIRST = 20_025_000
(CASE,) = (case for case in CASES if case.name == "check, allowed")


@dataclass(frozen=True)
class Growth:
    empty: Row
    full: Row


def growth_of(
    server: Server, database: Callable[[], AbstractContextManager[str]], effort: Effort
) -> Growth:
    """Compare with a server whose table is full; `server` has the empty one."""
    growth, numbers = Growth(Row(CASE, []), Row(CASE, [])), numbering(FIRST)
    with database() as url, serving(url) as other:
        fill(url, effort.stored)
        turns = ((growth.empty, server), (growth.full, other))
        for _, one in turns:
            check_answer(CASE, one, numbers)
            measure(CASE, one, numbers, effort.warm_up_seconds)
        for _ in range(effort.rounds):
            for row, one in turns:
                row.rounds.append(measure(CASE, one, numbers, effort.round_seconds))
    return growth


def fill(url: str, stored: int) -> None:
    command = [sys.executable, "-m", "bench.full_table", str(stored)]
    subprocess.run(command, cwd=ROOT, env=environment_of(url), check=True)
