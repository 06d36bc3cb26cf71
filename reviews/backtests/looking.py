"""Judge past content again, batch by batch, newest first, beside whoever checks messages.

Between texts the work rests twice as long as it took: a check then waits for one text at most.
Where it had to share the processor, which takes longer than its own time, it rests six times as
long.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from moderation.events import iso
from moderation.ingest import hash_of
from moderation.models import ModerationLog, Project
from reviews.backtests.findings import Findings
from reviews.backtests.labels import Labelled, labelled_texts
from reviews.backtests.trials import Tried
from reviews.models import Decision, Ruling

BATCH = 100
#: The newest contents that one backtest looks at.
MOST = 100_000
MOST_DAYS = 90
#: How long the work rests, in multiples of the work; a command need not.
GENTLE, BRISK = 2.0, 0.0
#: Work that took so many times its own time shared the processor; it rests so many times longer.
CROWDED, CROWDED_REST = 1.25, 3.0
FIELDS = ("pk", "created_at", "content", "content_hash", "user_id", "language", "standing")


@dataclass(frozen=True)
class Progress:
    done: int
    total: int
    #: Only the last one has it.
    result: dict[str, Any] | None = None


def look_back(
    project: Project, tried: Tried, *, kind: str, days: int, now: datetime, rest: float = GENTLE
) -> Iterator[Progress]:
    """Try it on the content of the last days; yield after each batch, at the end with the result.

    Then on the texts that clients labelled in these days, which are counted by themselves.
    kind: "rule" or "policy". The caller may stop at any time: nothing is stored.
    """
    since = now - timedelta(days=days)
    logs = ModerationLog.objects.filter(project=project, created_at__gte=since)
    there = logs.count()
    total, done, findings = min(there, MOST), 0, Findings(tried, kind)
    for batch in _batches(logs, total):
        rulings = _rulings(project, [row.pk for row in batch])
        for row in batch:
            _look_at(row, rulings.get(row.pk, ""), tried, findings, rest)
        done += len(batch)
        yield Progress(done, max(total, done))
    for texts in labelled_texts(project, since):
        for text in texts:
            _look_at_text(text, tried, findings, rest)
        yield Progress(done, max(total, done))
    facts = {"kind": kind, "days": days, "since": iso(since), "is_complete": there <= MOST}
    yield Progress(done, done, {**facts, **findings.result()})


def _look_at(row: Any, ruling: str, tried: Tried, findings: Findings, rest: float) -> None:
    if hash_of(row.content) != row.content_hash:
        findings.not_kept += 1
        return
    _and_rest(lambda: findings.add(row, tried.judge(row), ruling), rest)


def _look_at_text(text: Labelled, tried: Tried, findings: Findings, rest: float) -> None:
    _and_rest(lambda: findings.add_labelled(tried.judge(text), text.ruling), rest)


def _and_rest(work: Callable[[], None], rest: float) -> None:
    started, own_before = time.perf_counter(), time.thread_time()
    work()
    if rest:
        took, own = time.perf_counter() - started, time.thread_time() - own_before
        time.sleep(rest_of(took, own, rest))


def rest_of(took: float, own: float, rest: float) -> float:
    """Return how long to rest after work that took so long, `own` of it on the processor."""
    return took * rest * (CROWDED_REST if took > CROWDED * own else 1.0)


def _batches(logs: QuerySet[ModerationLog], most: int) -> Iterator[list[Any]]:
    """Yield plain rows, newest first, each batch by a query of its own: no snapshot stays open."""
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
        # The first condition is implied by the second, but lets the index begin there.
        beyond = Q(created_at__lte=last.created_at) & further


def _rulings(project: Project, ids: list[UUID]) -> dict[UUID, str]:
    """Return the last ruling of each content that stands and is one; a dismissal says nothing."""
    found = Decision.objects.standing().filter(
        project=project, review__log__in=ids, ruling__in=[Ruling.APPROVE, Ruling.REJECT]
    )
    return dict(found.order_by("decided_at").values_list("review__log_id", "ruling"))
