"""Moderate several messages at once: one commit, and each is told what happened to it alone."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone

from moderation.lib.errors import DatabaseAway, GavelError
from moderation.lib.request_id import within_request
from moderation.pipeline.moderate import (
    Judged,
    judge_together,
    lock_violators,
    moderate,
    moderate_judged,
)
from moderation.pipeline.outcome import Outcome
from moderation.pipeline.submission import Submission
from moderation.pipeline.writes import Writes

logger = logging.getLogger(__name__)

#: Who waited longer for the database in vain does not try again: clients wait, and others behind
#: them. A connection that was cut fails at once, and the second try has a new one.
PATIENCE_SECONDS = 5.0


def moderate_together(submissions: Sequence[Submission]) -> list[Outcome | Exception]:
    """Moderate messages; return for each its outcome, or the error that `moderate` would raise.

    Returns when all are stored. An author's messages follow each other in their order.
    """
    outcomes: dict[int, Outcome | Exception] = {}
    try:
        for round_ in _rounds(submissions):
            outcomes.update(_moderate_round(submissions, round_))
    except DatabaseAway as error:
        return [outcomes.get(number, error) for number in range(len(submissions))]
    except Exception as error:
        if not outcomes:
            raise
        # What an earlier round stored still gets its answer.
        logger.exception("Messages could not be moderated together")
        return [outcomes.get(number, error) for number in range(len(submissions))]
    return [outcomes[number] for number in range(len(submissions))]


def _moderate_round(
    submissions: Sequence[Submission], round_: list[int]
) -> dict[int, Outcome | Exception]:
    """Return what became of these; DatabaseAway if the database let us wait in vain."""
    outcomes: dict[int, Outcome | Exception] = {}
    now = timezone.now()
    judged: dict[int, Judged] = {}
    found = judge_together([submissions[number] for number in round_], now)
    for number, one in zip(round_, found, strict=True):
        if isinstance(one, Exception):
            outcomes[number] = one
        else:
            judged[number] = one
    new = [number for number, one in judged.items() if not one.history.is_stored]
    outcomes.update(_store_new(submissions, {number: judged[number] for number in new}, now))
    for number in judged:
        if number not in outcomes:
            # `judge_together` has counted the new ones.
            is_counted = submissions[number].is_counted and number not in new
            outcomes[number] = _alone(replace(submissions[number], is_counted=is_counted))
    return outcomes


def _rounds(submissions: Sequence[Submission]) -> Iterator[list[int]]:
    """Yield the messages' places in rounds in which each author and each message comes once.

    A message depends on what its author sent before, so that must be stored.
    """
    left = list(range(len(submissions)))
    while left:
        taken: set[tuple[int, str, str]] = set()
        chosen: list[int] = []
        later: list[int] = []
        for number in left:
            one = submissions[number]
            names = {
                (one.project.pk, "author", one.user_id),
                (one.project.pk, "message", one.message_id),
            }
            (later if taken & names else chosen).append(number)
            taken |= names
        yield chosen
        left = later


def _store_new(
    submissions: Sequence[Submission], judged: dict[int, Judged], now: datetime
) -> dict[int, Outcome | Exception]:
    """Store new messages with one commit; return nothing if one of them prevents it."""
    # In one order everywhere, so that no two transactions wait for each other's authors.
    in_order = sorted(judged, key=lambda number: _order(submissions[number]))
    started = time.monotonic()
    try:
        with transaction.atomic():
            writes = Writes(now)
            locked = lock_violators(
                [submissions[number] for number in in_order],
                [judged[number] for number in in_order],
                now,
            )
            outcomes: dict[int, Outcome | Exception] = {
                number: moderate_judged(submissions[number], one, writes)
                for number, one in zip(in_order, locked, strict=True)
            }
            writes.store()
            return outcomes
    except (DatabaseError, GavelError) as error:
        refuse_second_try(error, started)
        logger.debug("Messages could not be stored together", exc_info=True)
        return {}


def refuse_second_try(error: Exception, started: float) -> None:
    """Raise DatabaseAway if the database failed after a long wait."""
    if isinstance(error, OperationalError) and time.monotonic() - started >= PATIENCE_SECONDS:
        logger.error("The database cannot be used", exc_info=error)
        raise DatabaseAway from error


def _order(submission: Submission) -> tuple[int, str, str]:
    return submission.project.pk, submission.user_id, submission.channel_id


def _alone(submission: Submission) -> Outcome | Exception:
    started = time.monotonic()
    try:
        with within_request(submission.request_id):
            return moderate(submission)
    except Exception as error:  # noqa: BLE001 - its caller gets it
        refuse_second_try(error, started)
        return error
