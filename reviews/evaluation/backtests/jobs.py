"""Backtests as rows: one per project at a time; any process can watch or cancel it."""

import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from moderation import rules
from moderation.accounts.audit import write_audit
from moderation.accounts.callers import Caller
from moderation.lib.errors import Conflict, Invalid
from moderation.lib.json_types import JsonObject
from moderation.models import Project
from moderation.rules import Draft
from reviews.evaluation.backtests.candidates import policy_candidate, rule_candidate
from reviews.evaluation.backtests.replay import MOST_DAYS, Progress, run_backtest
from reviews.models import Backtest, BacktestKind, BacktestState

logger = logging.getLogger(__name__)

#: A backtest without progress for this long died with its process.
SILENCE = timedelta(seconds=30)
MOST_SHOWN = 10
#: One backtest at a time runs inside a request, as it occupies a thread that also answers checks.
_here = threading.Semaphore(1)


def start_rule(
    caller: Caller, draft: Draft, *, instead_of: str = "", days: int, now: datetime
) -> Backtest:
    """Store a rule's backtest; Conflict while another of the project runs."""
    request = {"rule": asdict(draft), "instead_of": instead_of}
    return _start(caller, BacktestKind.RULE, request, days, now)


def start_policy(
    caller: Caller, changes: Mapping[str, Any], *, days: int, now: datetime
) -> Backtest:
    """Store a policy's backtest; Invalid for invalid changes."""
    rules.changed_policy(caller.project, changes)
    return _start(caller, BacktestKind.POLICY, {"changes": dict(changes)}, days, now)


def _start(caller: Caller, kind: str, request: JsonObject, days: int, now: datetime) -> Backtest:
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("days", f"must be a whole number from 1 to {MOST_DAYS}")
    mark_dead(caller.project, now)
    try:
        with transaction.atomic():
            backtest = Backtest.objects.create(
                project=caller.project,
                kind=kind,
                request=request,
                days=days,
                started_by=caller.name,
                started_at=now,
                updated_at=now,
            )
            facts = {"kind": kind, "days": days}
            write_audit(caller.project, caller.name, "backtest.started", backtest, facts, now=now)
    except IntegrityError:
        other = _running(caller.project).values_list("pk", flat=True).first()
        extra = {"backtest_id": str(other)} if other else {}
        raise Conflict("Another backtest is running: wait or cancel it.", **extra) from None
    return backtest


def _running(project: Project) -> QuerySet[Backtest]:
    return Backtest.objects.filter(project=project, state=BacktestState.RUNNING)


def mark_dead(project: Project, now: datetime) -> None:
    """Mark a backtest as failed if its process died."""
    _running(project).filter(updated_at__lt=now - SILENCE).update(state=BacktestState.FAILED)


def cancel(backtest: Backtest, actor: str) -> bool:
    """Stop a backtest after its present batch; return False if it is no longer running."""
    with transaction.atomic():
        if not _update(backtest, state=BacktestState.CANCELLED):
            return False
        write_audit(backtest.project, actor, "backtest.cancelled", backtest)
    return True


def newest_backtests(project: Project, kind: str) -> list[Backtest]:
    backtests = Backtest.objects.filter(project=project, kind=kind)
    return list(backtests.order_by("-started_at")[:MOST_SHOWN])


# --- Running


def run_aside(backtest: Backtest) -> None:
    """Run it in a thread of its own once the caller's transaction commits."""
    name = f"backtest {backtest.pk}"
    thread = threading.Thread(target=_run_in_thread, args=[backtest], name=name, daemon=True)
    transaction.on_commit(thread.start)


def _run_in_thread(backtest: Backtest) -> None:
    close_old_connections()
    try:
        run(backtest)
    finally:
        connection.close()


def run_here(backtest: Backtest) -> Backtest:
    """Run it in this request; Conflict if this process already runs one, or if it is cancelled."""
    if not _here.acquire(blocking=False):
        _update(backtest, state=BacktestState.CANCELLED)
        raise Conflict("This server is busy with another backtest; use Prefer: respond-async.")
    try:
        run(backtest)
    finally:
        _here.release()
    if backtest.state != BacktestState.DONE:
        raise Conflict(f"The backtest was {backtest.state}.", backtest_id=str(backtest.pk))
    return backtest


def run(backtest: Backtest) -> None:
    """Run it to the end or until it is cancelled; log a failure and mark the row."""
    try:
        for progress in _steps_of(backtest):
            changes: JsonObject = {"done": progress.done, "total": progress.total}
            if progress.result is not None:
                changes |= {"result": progress.result, "state": BacktestState.DONE}
            if not _update(backtest, **changes):
                break  # somebody cancelled it
    except Exception:
        # Whatever went wrong, whoever watches the row must not wait forever.
        logger.exception("A backtest failed", extra={"backtest": str(backtest.pk)})
        _update(backtest, state=BacktestState.FAILED)
    backtest.refresh_from_db()


def _steps_of(backtest: Backtest) -> Iterator[Progress]:
    project, request = backtest.project, backtest.request
    if backtest.kind == BacktestKind.RULE:
        candidate = rule_candidate(project, Draft(**request["rule"]), request["instead_of"])
    else:
        candidate = policy_candidate(project, rules.changed_policy(project, request["changes"]))
    kind, days, now = backtest.kind, backtest.days, backtest.started_at
    return run_backtest(project, candidate, kind=kind, days=days, now=now)


def _update(backtest: Backtest, **changed: Any) -> bool:
    running = Backtest.objects.filter(pk=backtest.pk, state=BacktestState.RUNNING)
    return bool(running.update(**changed, updated_at=timezone.now()))
