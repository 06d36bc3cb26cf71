"""Measure the checks against an empty view; `--quick` only shows that every part works."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import report
from bench.databases import DATABASES, has_postgresql
from bench.delay import delay_of
from bench.measure import FULL, QUICK, rows_of
from bench.servers import serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a moment each; write no page")
    parser.add_argument("--database", choices=DATABASES, help="measure only this one; no page")
    options = parser.parse_args()
    effort = QUICK if options.quick else FULL
    names = [options.database] if options.database else databases()
    measured, delays = {}, {}
    for name in names:
        with DATABASES[name]() as url, serving(url) as server:
            measured[name] = rows_of(server, effort)
            delays[name] = delay_of(server, effort.delay_seconds)
    print(report.table(measured), report.delay_table(delays), sep="\n", end="")
    if not options.quick and not options.database:
        report.write(measured, delays, effort)


def databases() -> list[str]:
    if has_postgresql():
        return list(DATABASES)
    print("Not measured: PostgreSQL does not answer.", file=sys.stderr)
    return ["SQLite"]


if __name__ == "__main__":
    main()
