"""Measure the checks against an empty view and the rival; `--quick` only shows that all works."""

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import report
from bench.databases import DATABASES, has_postgresql
from bench.delay import delay_of
from bench.growth import growth_of
from bench.listeners import deliveries_of
from bench.measure import FULL, QUICK, Effort, rows_of
from bench.report import Figures
from bench.servers import Server, rivalling, serving

SECTIONS = ("cases", "delay", "listeners", "million")


def main() -> None:
    options = parsed()
    effort = effort_of(options)
    names = [options.database] if options.database else databases()
    figures = {name: figures_of(name, options.only or SECTIONS, effort) for name in names}
    text = report.tables(figures, effort)
    print(text, end="")
    if not (options.quick or options.database or options.only):
        report.write(text, effort)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a moment each; write no page")
    parser.add_argument("--database", choices=DATABASES, help="measure only this one; no page")
    parser.add_argument(
        "--only", choices=SECTIONS, action="append", help="may be repeated; no page"
    )
    parser.add_argument("--rounds", type=int, help="of each case")
    parser.add_argument("--seconds", type=float, help="of a round")
    parser.add_argument("--stored", type=int, help="messages in the full table")
    return parser.parse_args()


def effort_of(options: argparse.Namespace) -> Effort:
    effort = QUICK if options.quick else FULL
    return replace(
        effort,
        rounds=options.rounds or effort.rounds,
        round_seconds=options.seconds or effort.round_seconds,
        stored=options.stored or effort.stored,
    )


def figures_of(name: str, sections: tuple[str, ...], effort: Effort) -> Figures:
    figures = Figures()
    database = DATABASES[name]
    with ExitStack() as stack:
        enter = stack.enter_context
        server = enter(serving(enter(database())))
        rival = enter(rivalling(enter(database()), server.key))
        steps: dict[str, Callable[[Server], object]] = {
            "cases": lambda server: rows_of(server, rival, effort),
            "delay": lambda server: delay_of(server, effort.delay_seconds),
            "listeners": lambda server: [
                deliveries_of(one, effort.delay_seconds) for one in (server, rival)
            ],
            "million": lambda server: growth_of(server, database, effort),
        }
        for section in sections:
            setattr(figures, section, steps[section](server))
    return figures


def databases() -> list[str]:
    if has_postgresql():
        return list(DATABASES)
    print("Not measured: PostgreSQL does not answer.", file=sys.stderr)
    return ["SQLite"]


if __name__ == "__main__":
    main()
