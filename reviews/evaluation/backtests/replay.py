"""Check past content again, batch by batch, newest first, without slowing down live checks.

After each text the work sleeps twice as long as the text took, so a live check waits for one text
at most. If the work had to share the processor, which takes more wall time than processor time, it
sleeps six times as long.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from moderation.events.event import iso
from moderation.models import ModerationLog, Project
from moderation.pipeline.submission import hash_of
from reviews.evaluation.backtests.candidates import Candidate
from reviews.evaluation.backtests.labels import labelled_texts
from reviews.evaluation.backtests.results import BacktestResults
from reviews.evaluation.backtests.shapes import StoredResult
from reviews.models import Decision, DecisionKind

BATCH = 100
#: One backtest covers this many messages, the newest.
MOST = 100_000
MOST_DAYS = 90
#: Rest in multiples of the work; a command need not rest.
GENTLE, BRISK = 2.0, 0.0
#: Work that took this many times its processor time shared the processor; it rests this many
#: times longer.
CROWDED, CROWDED_REST = 1.25, 3.0
FIELDS = ("pk", "created_at", "content", "content_hash", "user_id", "language", "standing")


@dataclass(frozen=True)
class Progress:
    done: int
    total: int
    #: Only the last step has it.
    result: StoredResult | None = None


def run_backtest(
    project: Project,
    candidate: Candidate,
    *,
    kind: str,
    days: int,
    now: datetime,
    rest: float = GENTLE,
) -> Iterator[Progress]:
    """Try it on the content of the last days; yield after each batch, at the end with the result.

    Then try it on the texts that clients labelled in these days, which are counted separately.
    kind: "rule" or "policy". The caller may stop at any time: nothing is stored.
    """
    since = now - timedelta(days=days)
    logs = ModerationLog.objects.filter(project=project, created_at__gte=since)
    available = logs.count()
    total, done, results = min(available, MOST), 0, BacktestResults(candidate, kind)
    for batch in _batches(logs, total):
        decisions = _decisions(project, [row.pk for row in batch])
        for row in batch:
            if hash_of(row.content) != row.content_hash:
                results.not_kept += 1
                continue
            with _rest_after(rest):
                results.add(row, candidate.compare(row), decisions.get(row.pk, ""))
        done += len(batch)
        yield Progress(done, max(total, done))
    for texts in labelled_texts(project, since):
        for text in texts:
            with _rest_after(rest):
                results.add_labelled(candidate.compare(text), text.decision)
        yield Progress(done, max(total, done))
    result: StoredResult = {
        "kind": kind,
        "days": days,
        "since": iso(since),
        "is_complete": available <= MOST,
        **results.result(),
    }
    yield Progress(done, done, result)


@contextmanager
def _rest_after(rest: float) -> Iterator[None]:
    """Sleep after the block, `rest` times as long as it took."""
    started, own_before = time.perf_counter(), time.thread_time()
    yield
    if rest:
        took, own = time.perf_counter() - started, time.thread_time() - own_before
        time.sleep(rest_of(took, own, rest))


def rest_of(took: float, own: float, rest: float) -> float:
    """Return the seconds to rest after work that took `took` seconds, `own` on the processor."""
    return took * rest * (CROWDED_REST if took > CROWDED * own else 1.0)


def _batches(logs: QuerySet[ModerationLog], most: int) -> Iterator[list[Any]]:
    """Yield plain rows, newest first; a query for each batch, so that no snapshot stays open."""
    rows = logs.order_by("-created_at", "-id").values_list(*FIELDS, named=True)
    beyond = Q()
    while most > 0:
        batch: list[Any] = list(rows.filter(beyond)[: min(BATCH, most)])
        if not batch:
            return
        yield batch
        most -= len(batch)
        last = batch[-1]
        further = Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, id__lt=last.pk)
        # The second condition implies the first, but the first lets the index start there.
        beyond = Q(created_at__lte=last.created_at) & further


def _decisions(project: Project, ids: list[UUID]) -> dict[UUID, str]:
    """Return the last decision on each message; a dismissal says nothing about the text."""
    decisions = Decision.objects.in_effect().filter(
        project=project, review__log__in=ids, ruling__in=[DecisionKind.APPROVE, DecisionKind.REJECT]
    )
    return dict(decisions.order_by("decided_at").values_list("review__log_id", "ruling"))
