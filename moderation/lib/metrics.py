"""Count what this process does, for `/metrics` (docs/metrics.md).

Every function costs nothing unless ENABLE_METRICS is set. Processes share one folder
(PROMETHEUS_MULTIPROC_DIR), so that any of them can answer for all.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge, Histogram

#: Seconds. A check takes some milliseconds; one that waits for a large model, some hundred.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


@dataclass(frozen=True)
class Instruments:
    checks: "Counter"
    check_seconds: "Histogram"
    refusals: "Counter"
    sockets: "Gauge"


@cache
def instruments() -> Instruments:
    """Return this process's instruments; the first call makes their files."""
    from prometheus_client import Counter, Gauge, Histogram  # noqa: PLC0415 (few servers need it)

    return Instruments(
        checks=Counter("gavel_checks", "Messages judged and stored", ["verdict"]),
        check_seconds=Histogram(
            "gavel_check_seconds",
            "Duration of a check by the stage that settled it; `engine` is judging alone",
            ["stage"],
            buckets=BUCKETS,
        ),
        refusals=Counter("gavel_rate_limited", "Calls refused by a rate limit", ["limit"]),
        sockets=Gauge("gavel_sockets", "Open sockets", multiprocess_mode="livesum"),
    )


def count_check(verdict: str, stage: str, *, engine_seconds: float, seconds: float) -> None:
    """Count a stored check: how long judging took, and how long everything took."""
    made = instruments()
    made.checks.labels(verdict).inc()
    made.check_seconds.labels(stage).observe(seconds)
    made.check_seconds.labels("engine").observe(engine_seconds)


def count_refusal(limit: str) -> None:
    """Count a call over a limit; the names are in docs/metrics.md."""
    if settings.ENABLE_METRICS:
        instruments().refusals.labels(limit).inc()


def count_socket(change: int) -> None:
    """Count a socket that opened (1) or closed (-1)."""
    if settings.ENABLE_METRICS:
        instruments().sockets.inc(change)
