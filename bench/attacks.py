"""Attack a server for some seconds each; print what another tenant's checks feel of it."""

import argparse
import asyncio
import multiprocessing
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import hostile
from bench.cases import check_of, harmless, numbering
from bench.databases import DATABASES, has_postgresql
from bench.load import Refused, ask
from bench.report import table
from bench.servers import Server, serving

PAUSE_SECONDS = 0.05
HEAD = ("attack", "quiet p99 ms", "p99 ms", "checks", "lost", "memory + MB", "alive")


@dataclass
class Felt:
    """What the other tenant's checks felt."""

    seconds: list[float] = field(default_factory=list)
    lost: int = 0
    most_memory: float = 0.0

    @property
    def p99_ms(self) -> float:
        return 1000 * quantiles(self.seconds, n=100, method="inclusive")[98]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each attack")
    parser.add_argument("--database", choices=DATABASES)
    parser.add_argument("--only", choices=hostile.ATTACKS, action="append", help="may be repeated")
    options = parser.parse_args()
    names = list(DATABASES) if has_postgresql() else ["SQLite"]
    for database in [options.database] if options.database else names:
        rows = []
        with DATABASES[database]() as url:
            for name in options.only or hostile.ATTACKS:
                # A server of its own each: what one attack leaves behind is not the next one's.
                with serving(url) as server:
                    rows.append(row_of(name, server, options.seconds))
        print(f"{database}\n\n{table(HEAD, rows)}", flush=True)


def row_of(name: str, server: Server, seconds: float) -> tuple[str, ...]:
    numbers = numbering(time.time_ns())
    asyncio.run(felt_for(server, 1.0, numbers))
    quiet = asyncio.run(felt_for(server, seconds, numbers))
    before = server.memory_mb()
    attack = multiprocessing.get_context("spawn").Process(
        target=hostile.run, args=(name, server.port, server.other_key, seconds), daemon=True
    )
    attack.start()
    felt = asyncio.run(felt_for(server, seconds + 2.0, numbers))
    attack.join(2 * hostile.ANSWER_SECONDS)
    attack.kill()
    after = asyncio.run(felt_for(server, 1.0, numbers))
    return (
        name,
        f"{quiet.p99_ms:.0f}",
        f"{felt.p99_ms:.0f}",
        str(len(felt.seconds)),
        str(felt.lost),
        f"{max(0.0, felt.most_memory - before):.0f}",
        "yes" if after.seconds and not after.lost else "no",
    )


async def felt_for(server: Server, seconds: float, numbers: Iterator[int]) -> Felt:
    """Check about twenty times a second for so long, one after the other."""
    felt, until = Felt(), time.monotonic() + seconds
    request = check_of(harmless)
    while time.monotonic() < until:
        started = time.monotonic()
        try:
            await ask(server.port, request(next(numbers), server.key))
            felt.seconds.append(time.monotonic() - started)
        except (OSError, EOFError, Refused):
            felt.lost += 1
        felt.most_memory = max(felt.most_memory, server.memory_mb())
        await asyncio.sleep(PAUSE_SECONDS)
    return felt


if __name__ == "__main__":
    main()
