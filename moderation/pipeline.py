"""The story of a message: classify, decide, and in one transaction all that follows from it."""

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone

from moderation import model_watch, queries, second_look, shadow, toxicity
from moderation.engine.classify import classify
from moderation.engine.decide import decide, engine_failure_verdict
from moderation.engine.matches import Classification
from moderation.engine.toxicity import Asked
from moderation.ingest import Submission
from moderation.queries import History, InForce
from moderation.settle import Judgement, Outcome, repeated, settle

logger = logging.getLogger(__name__)

#: Copies of a text in the last minute that make the next one a duplicate (CONTRACT section 5).
COPIES_BEFORE = 2
#: One message_id that comes in twice at once: the later try reads what the first one stored.
TRIES = 3


def moderate(submission: Submission, now: datetime | None = None) -> Outcome:
    """Judge a message and store everything that follows from it; return what happened.

    The same message again gives the stored outcome; other content is judged as an edit.
    Raises MessageTaken if the message_id belongs to another author or channel.
    """
    now = now or timezone.now()
    for _ in range(TRIES - 1):
        try:
            return _moderated(submission, now)
        except IntegrityError:
            logger.debug("A message_id came in twice at once")
    return _moderated(submission, now)


def _moderated(submission: Submission, now: datetime) -> Outcome:
    in_force = _in_force_for(submission)
    history = queries.history_of(submission, in_force.policy, now)
    if history.is_stored and (outcome := repeated(submission, now)):
        return outcome
    return settled(submission, judge(submission, in_force, history), history, now)


def settled(
    submission: Submission, judgement: Judgement, history: History, now: datetime
) -> Outcome:
    """Settle a judged message, and mind the model that judged with us.

    Raises IntegrityError if the same message_id was stored meanwhile: then try again.
    """
    outcome = settle(submission, judgement, history, now)
    model_watch.look(now)
    late = judgement.classification.late
    if late and not outcome.is_duplicate:
        transaction.on_commit(lambda: second_look.expect(late, submission, outcome.log))
    return outcome


def rehearse(submission: Submission, now: datetime | None = None) -> Outcome:
    """Return what `moderate` would do, and store nothing."""
    now = now or timezone.now()
    judgement, history = judged(submission, now)
    with transaction.atomic():
        outcome = settle(submission, judgement, history, now)
        transaction.set_rollback(True)
    return replace(outcome, is_stored=False)


def judged(submission: Submission, now: datetime) -> tuple[Judgement, History]:
    """Return what `settled` needs of a message, of which nothing is stored yet."""
    in_force = _in_force_for(submission)
    history = queries.history_of(submission, in_force.policy, now)
    return judge(submission, in_force, history), history


def _in_force_for(submission: Submission) -> InForce:
    """Return what the message is judged under; the policy punishes only where it may."""
    in_force = queries.in_force(submission.project)
    if submission.may_punish:
        return in_force
    return replace(in_force, policy=replace(in_force.policy, strike_verdicts=(), auto_ban=False))


def analyze(text: str, in_force: InForce, language: str | None = None) -> Judgement:
    """Judge a text without an author; store nothing."""
    started = time.perf_counter()
    classification = classify(
        text,
        in_force.ruleset,
        language=language,
        asked=toxicity.asked(in_force.policy, in_force.model),
    )
    verdict = decide(classification, in_force.policy)
    return Judgement(classification, verdict, in_force, time.perf_counter() - started)


def judge(submission: Submission, in_force: InForce, history: History) -> Judgement:
    """Classify and decide, of the text alone; a broken engine never approves silently."""
    started = time.perf_counter()
    is_duplicate = history.copies >= COPIES_BEFORE
    classified = partial(
        classify,
        submission.content,
        in_force.ruleset,
        user_id=submission.user_id,
        language=submission.language,
        is_duplicate=is_duplicate,
    )
    watched = shadow.watch(in_force.models)
    asked = Asked(watched) if watched else toxicity.asked(in_force.policy, in_force.model)
    try:
        classification = classified(asked=asked)
        verdict = decide(classification, in_force.policy)
    except Exception:
        logger.exception("The engine failed", extra={"project": submission.project.slug})
        classification = Classification(language="", failed=("engine",))
        verdict = engine_failure_verdict(in_force.policy)
    took = time.perf_counter() - started
    tally: Mapping[str, int] = {}
    if watched:
        tally = watched.tally(classification, verdict, in_force.policy, classified)
    return Judgement(classification, verdict, in_force, took, is_duplicate, tally)
