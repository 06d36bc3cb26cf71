"""The story of a message: judge the text, then store it with everything that follows."""

import logging
import sys
import time
from collections.abc import Mapping, Sequence
from contextvars import Context
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from moderation.engine.classify import classifying
from moderation.engine.in_step import Steps, in_one_go, in_step, timed
from moderation.engine.matches import Classification
from moderation.engine.model.scorer import ScoreRequest
from moderation.engine.recent import classify_once, classifying_once
from moderation.engine.verdict.author_record import apply_author_record
from moderation.engine.verdict.decide import decide, engine_failure_verdict
from moderation.lib import metrics
from moderation.lib.request_id import context_of
from moderation.models import ModerationLog
from moderation.pipeline import late_scores, model_health, shadow_model
from moderation.pipeline.author_history import History, author_record, histories_of, history_of
from moderation.pipeline.author_limits import count_message
from moderation.pipeline.consequences import enforce, events_of, open_review
from moderation.pipeline.log import (
    draft_log,
    find_earlier,
    hold_edit,
    repeated,
    text_as_sent,
    write_log,
)
from moderation.pipeline.outcome import Judgement, Outcome
from moderation.pipeline.payloads import count_deltas, counts_of
from moderation.pipeline.submission import Submission
from moderation.pipeline.twins import try_past_twins
from moderation.pipeline.writes import Check, Writes
from moderation.queries.authors import active_ban
from moderation.rules.active import active_ruleset
from moderation.rules.compile import ActiveRuleset
from moderation.rules.scorer import score_request
from moderation.sanctions.author_lock import lock_authors

logger = logging.getLogger(__name__)

#: Copies of a text in the last minute that make the next one a duplicate (docs/engine.md, "Spam").
COPIES_BEFORE = 2


class Judged(NamedTuple):
    """A message's judgement and what was stored about its author then."""

    judgement: Judgement
    history: History


def moderate(
    submission: Submission,
    now: datetime | None = None,
    judgement: Judgement | None = None,
) -> Outcome:
    """Judge a message and store everything that follows from it; return what happened.

    A repeated message returns the stored outcome; different content is judged as an edit.
    judgement: of this text, from a caller that has already opened the transaction.
    Raises MessageTaken if the message_id belongs to another author or channel, TooMany if its
    author has reached the policy's limit: nothing is stored then.
    """
    now = now or timezone.now()
    return try_past_twins(submission, lambda one: _moderate(one, now, judgement))


def _moderate(submission: Submission, now: datetime, judgement: Judgement | None) -> Outcome:
    ruleset = ruleset_for(submission)
    history = history_of(submission, ruleset.policy, now)
    if history.is_stored and (outcome := repeated(submission, now)):
        return outcome
    count_message(submission, ruleset.policy)
    judgement = judgement or judge(submission, ruleset, history)
    with transaction.atomic():
        writes = Writes(now)
        (judged,) = lock_violators([submission], [Judged(judgement, history)], now)
        outcome = moderate_judged(submission, judged, writes)
        writes.store()
    return outcome


def moderate_judged(submission: Submission, judged: Judged, writes: Writes) -> Outcome:
    """Do everything that follows from a judgement; the caller's transaction stores `writes`.

    The author is locked if it is a violation: `lock_violators`.
    """
    (judgement, history), now = judged, writes.now
    started = time.perf_counter() - judgement.took
    policy, author = judgement.policy, submission.author
    earlier = find_earlier(submission, lock=True) if history.is_stored else None
    if earlier and (outcome := repeated(submission, now, earlier)):
        return outcome
    ban = active_ban(author, now) if history.is_banned else None
    is_trusted = author.user_id in judgement.ruleset.trusted_authors
    record = author_record(history, ban, is_trusted=is_trusted)
    verdict = apply_author_record(record, judgement.verdict, policy)
    before = counts_of(earlier) if earlier else {}
    log = draft_log(submission, judgement, verdict, record, earlier, now)
    hold_edit(log)
    sanction = enforce(log, verdict, record, policy, ban)
    review = open_review(log, verdict, sanction, policy, writes)
    write_log(log, sanction, review, policy, submission, writes)
    counts = {**count_deltas(before, counts_of(log)), **judgement.counts}
    events = partial(events_of, log, sanction, review, policy, counts)
    writes.checks.append(Check(log, policy, events))
    late_scores.schedule(judgement.classification.late, submission, log)
    if settings.ENABLE_METRICS:
        transaction.on_commit(partial(count, log, judgement, started), robust=True)
    model_health.check(now)
    sent = text_as_sent(log, submission, judgement)
    return Outcome(sent, review.id, sanction.ban or ban)


def lock_violators(
    submissions: Sequence[Submission], judged: Sequence[Judged], now: datetime
) -> list[Judged]:
    """Lock the authors of violations until the transaction ends; read their histories again.

    Violations count, so a message waits for its author's others. Each author comes once.
    """
    violations = [n for n, one in enumerate(judged) if one.judgement.verdict.is_violation]
    if not violations:
        return list(judged)
    chosen = [submissions[n] for n in violations]
    policies = [judged[n].judgement.policy for n in violations]
    lock_authors(one.author.in_scope(policy) for one, policy in zip(chosen, policies, strict=True))
    fresh = dict(zip(violations, histories_of(chosen, policies, now), strict=True))
    return [one._replace(history=fresh.get(n, one.history)) for n, one in enumerate(judged)]


def count(log: ModerationLog, judgement: Judgement, started: float) -> None:
    """Count a check for `/metrics`, once it is stored."""
    seconds = time.perf_counter() - started
    metrics.count_check(
        log.verdict, log.stage, engine_seconds=judgement.took, seconds=max(seconds, judgement.took)
    )


def judging(submission: Submission, ruleset: ActiveRuleset, history: History) -> Steps[Judgement]:
    """Classify the text and decide, without the author's record.

    If the engine fails, the policy decides: a failure never approves silently.
    """
    is_duplicate = history.copies >= COPIES_BEFORE
    shadow = shadow_model.shadow_scorer(ruleset.models)
    begin = partial(
        # What a model in shadow says is counted for each message.
        classifying if shadow else classifying_once,
        submission.content,
        ruleset.compiled,
        user_id=submission.user_id,
        language=submission.language,
        is_duplicate=is_duplicate,
    )
    request = ScoreRequest(shadow) if shadow else score_request(ruleset.policy, ruleset.model)
    took = 0.0
    try:
        finding, took = yield from timed(begin(score_request=request))
        verdict = decide(finding, ruleset.policy)
    except Exception:
        logger.exception("The engine failed", extra={"project": submission.project.slug})
        finding = Classification(language="", failed=("engine",))
        verdict = engine_failure_verdict(ruleset.policy)
    counts: Mapping[str, int] = {}
    if shadow:
        counts = shadow.counts(finding, verdict, ruleset.policy, in_one_go(begin))
    return Judgement(finding, verdict, ruleset, took, is_duplicate, counts)


judge = in_one_go(judging)


def judge_now(submission: Submission, now: datetime) -> Judgement:
    """Judge a message for a caller that opens the transaction itself."""
    # The caller's `moderate` counts it.
    (judged,) = judge_together([replace(submission, is_counted=False)], now)
    if isinstance(judged, Exception):
        raise judged
    return judged.judgement


def judge_together(submissions: Sequence[Submission], now: datetime) -> list[Judged | Exception]:
    """Judge messages that a caller stores together; an error is what judging this one raised.

    Counts the new ones of their authors: TooMany if one has reached the policy's limit.
    """
    rulesets, judged = _rulesets_of(submissions)
    chosen = [submissions[number] for number in rulesets]
    policies = [ruleset.policy for ruleset in rulesets.values()]
    histories = histories_of(chosen, policies, now) if chosen else []
    begun: dict[int, History] = {}
    works: list[tuple[Context, Steps[Judgement]]] = []
    for (number, ruleset), history in zip(rulesets.items(), histories, strict=True):
        submission = submissions[number]
        try:
            if not history.is_stored:
                count_message(submission, ruleset.policy)
        except Exception as error:  # noqa: BLE001 - its caller gets it
            judged[number] = error
        else:
            begun[number] = history
            judging_it = judging(submission, ruleset, history)
            works.append((context_of(submission.request_id), judging_it))
    for (number, history), one in zip(begun.items(), in_step(works), strict=True):
        judged[number] = one if isinstance(one, Exception) else Judged(one, history)
    return [judged[number] for number in range(len(submissions))]


def _rulesets_of(
    submissions: Sequence[Submission],
) -> tuple[dict[int, ActiveRuleset], dict[int, Judged | Exception]]:
    """Return the rulesets by the messages' places, and the errors of those without one."""
    rulesets: dict[int, ActiveRuleset] = {}
    errors: dict[int, Judged | Exception] = {}
    for number, submission in enumerate(submissions):
        try:
            rulesets[number] = ruleset_for(submission)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - its caller gets it
            errors[number] = error
    return rulesets, errors


def rehearse(submission: Submission, now: datetime | None = None) -> Outcome:
    """Return what `moderate` would do, and store nothing."""
    now = now or timezone.now()
    submission = replace(submission, is_counted=False)
    judgement = judge_now(submission, now)
    with transaction.atomic():
        outcome = moderate(submission, now, judgement)
        transaction.set_rollback(True)
    return replace(outcome, is_stored=False)


def ruleset_for(submission: Submission) -> ActiveRuleset:
    """Return the active ruleset; its policy punishes only if the submission allows it."""
    ruleset = active_ruleset(submission.project)
    policy = ruleset.policy
    if submission.only_flood:
        never = replace(policy.repeat_offender, violations=sys.maxsize)
        policy = replace(policy, strike_verdicts=(), repeat_offender=never)
    if not submission.may_punish:
        policy = replace(policy, strike_verdicts=(), auto_ban=False)
    return ruleset if policy is ruleset.policy else replace(ruleset, policy=policy)


def analyze(
    text: str, ruleset: ActiveRuleset, language: str | None = None, *, uses_model: bool = True
) -> Judgement:
    """Judge a text without an author; store nothing.

    uses_model: False for a text in a language that the model never learned.
    """
    started = time.perf_counter()
    request = score_request(ruleset.policy, ruleset.model) if uses_model else None
    finding = classify_once(text, ruleset.compiled, language=language, score_request=request)
    verdict = decide(finding, ruleset.policy)
    return Judgement(finding, verdict, ruleset, time.perf_counter() - started)
