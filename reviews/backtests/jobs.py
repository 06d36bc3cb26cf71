"""Backtests as rows: started once per project, watched from any process, cancelled by anybody."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from moderation import rules
from moderation.audit import write_audit
from moderation.errors import Conflict, Invalid
from moderation.identity import Caller
from moderation.models import Project
from moderation.rules import Draft
from reviews.backtests.looking import MOST_DAYS, Progress, look_back
from reviews.backtests.trials import Tried, policy_trial, rule_trial
from reviews.models import Backtest, BacktestKind, BacktestState

logger = logging.getLogger(__name__)

#: One that told nothing for so long died with its process.
SILENCE = timedelta(seconds=30)
MOST_SHOWN = 10
#: In a request: it keeps one of the few threads that also answer checks.
_here = threading.Semaphore(1)


def start_rule(
    caller: Caller, draft: Draft, *, instead_of: str = "", days: int, now: datetime
) -> Backtest:
    """Make the row of a rule's backtest; Conflict while another of the project runs."""
    request = {"rule": asdict(draft), "instead_of": instead_of}
    return _started(caller, BacktestKind.RULE, request, days, now)


def start_policy(
    caller: Caller, changes: Mapping[str, Any], *, days: int, now: datetime
) -> Backtest:
    """Make the row of a policy's backtest; Invalid for changes that make no sense."""
    rules.changed_policy(caller.project, changes)
    return _started(caller, BacktestKind.POLICY, {"changes": dict(changes)}, days, now)


def _started(
    caller: Caller, kind: str, request: dict[str, Any], days: int, now: datetime
) -> Backtest:
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
        told = {"backtest_id": str(other)} if other else {}
        raise Conflict("Another backtest runs: wait for it or cancel it.", **told) from None
    return backtest


def _running(project: Project) -> QuerySet[Backtest]:
    return Backtest.objects.filter(project=project, state=BacktestState.RUNNING)


def mark_dead(project: Project, now: datetime) -> None:
    """Mark a backtest as failed whose process ended without a word."""
    _running(project).filter(updated_at__lt=now - SILENCE).update(state=BacktestState.FAILED)


def cancel(backtest: Backtest, actor: str) -> bool:
    """Stop a backtest after its present batch; return False if it runs no more."""
    with transaction.atomic():
        if not _update(backtest, state=BacktestState.CANCELLED):
            return False
        write_audit(backtest.project, actor, "backtest.cancelled", backtest)
    return True


def newest_backtests(project: Project, kind: str) -> list[Backtest]:
    found = Backtest.objects.filter(project=project, kind=kind)
    return list(found.order_by("-started_at")[:MOST_SHOWN])


# --- Running


def run_aside(backtest: Backtest) -> None:
    """Run it in a thread of its own once the caller's transaction commits."""
    transaction.on_commit(lambda: _begin_thread(backtest))


def _begin_thread(backtest: Backtest) -> None:
    name = f"backtest {backtest.pk}"
    threading.Thread(target=_run_in_thread, args=[backtest], name=name, daemon=True).start()


def _run_in_thread(backtest: Backtest) -> None:
    close_old_connections()
    try:
        run(backtest)
    finally:
        connection.close()


def run_here(backtest: Backtest) -> Backtest:
    """Run it in this request; Conflict where this process does so already, or if it is stopped."""
    if not _here.acquire(blocking=False):
        _update(backtest, state=BacktestState.CANCELLED)
        raise Conflict("This server answers another backtest; ask with Prefer: respond-async.")
    try:
        run(backtest)
    finally:
        _here.release()
    if backtest.state != BacktestState.DONE:
        raise Conflict(f"The backtest was {backtest.state}.", backtest_id=str(backtest.pk))
    return backtest


def run(backtest: Backtest) -> None:
    """Run it to its end, or until it is cancelled; a failure is logged and marks the row."""
    try:
        tried = _tried(backtest)
        steps = look_back(
            backtest.project, tried, kind=backtest.kind, days=backtest.days, now=backtest.started_at
        )
        for progress in steps:
            if not _tell(backtest, progress):
                break
    except Exception:
        # Whatever went wrong, whoever watches the row must not wait for ever.
        logger.exception("A backtest failed", extra={"backtest": str(backtest.pk)})
        _update(backtest, state=BacktestState.FAILED)
    backtest.refresh_from_db()


def _tried(backtest: Backtest) -> Tried:
    asked = backtest.request
    if backtest.kind == BacktestKind.RULE:
        return rule_trial(backtest.project, Draft(**asked["rule"]), asked["instead_of"])
    return policy_trial(backtest.project, rules.changed_policy(backtest.project, asked["changes"]))


def _tell(backtest: Backtest, progress: Progress) -> bool:
    """Store how far it is; return False if it was cancelled meanwhile."""
    changed: dict[str, Any] = {"done": progress.done, "total": progress.total}
    if progress.result is not None:
        changed |= {"result": progress.result, "state": BacktestState.DONE}
    return _update(backtest, **changed)


def _update(backtest: Backtest, **changed: Any) -> bool:
    running = Backtest.objects.filter(pk=backtest.pk, state=BacktestState.RUNNING)
    return bool(running.update(**changed, updated_at=timezone.now()))
