"""Judge a message again if its model answered late: this may open a review, never punish."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from django.db import close_old_connections, transaction
from django.utils import timezone

from moderation.engine.classify import classify
from moderation.engine.matches import Classification
from moderation.engine.model.precomputed import PrecomputedScorer
from moderation.engine.model.scorer import FLAG, ScoreRequest, Scores, toxicity_of
from moderation.engine.verdict.decide import decide
from moderation.engine.verdict.verdict import Verdict, VerdictKind
from moderation.events.outbox import publish
from moderation.models import ModerationLog, Status
from moderation.pipeline.excerpts import quotes_of, redact_for_storage
from moderation.pipeline.log import amend, verdict_fields
from moderation.pipeline.payloads import count_deltas, counts_of, moderation_update
from moderation.pipeline.review_port import review_port
from moderation.pipeline.submission import Submission
from moderation.rules.active import active_ruleset
from moderation.rules.scorer import current_scorer
from moderation.sanctions.author_lock import lock_author

logger = logging.getLogger(__name__)

# One thread: late scores can wait, checks need the database.
_background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="late-scores")


def schedule(late: Future[Scores] | None, submission: Submission, log: ModerationLog) -> None:
    """Judge the message again when its late scores arrive, after the transaction has committed.

    Only this process waits for them: if it ends first, they are lost.
    """
    if late is None:
        return
    log_id, revision = log.pk, log.revision

    def judge_again(scorer: PrecomputedScorer) -> None:
        close_old_connections()
        try:
            review_late(submission, log_id, revision, scorer, timezone.now())
        except Exception:
            logger.exception("A late score could not be used", extra={"content": str(log_id)})
        finally:
            close_old_connections()

    def on_result(future: Future[Scores]) -> None:
        model = current_scorer()
        if model is None or future.cancelled() or future.exception():
            return
        scores = future.result()
        if model.levels.worth(toxicity_of(scores)) >= FLAG:
            scorer = PrecomputedScorer(
                scores, model.name, model.levels, model.spam_levels, may=model.may
            )
            # This is the model's own thread, which should go on with its next batch.
            _background.submit(judge_again, scorer)

    transaction.on_commit(lambda: late.add_done_callback(on_result))


@transaction.atomic
def review_late(
    submission: Submission, log_id: UUID, revision: int, scorer: PrecomputedScorer, now: datetime
) -> UUID | None:
    """Judge again with the model's scores; open a review if they call for one and return its id.

    Verdict, action, strikes and bans stay. Returns None if nothing is opened: also if the message
    was edited, deleted, decided or is under review, or if its author is trusted.
    """
    ruleset = active_ruleset(submission.project)
    policy = ruleset.policy
    lock_author(submission.author, policy)
    logs = ModerationLog.objects.select_for_update().filter(pk=log_id, revision=revision)
    log = logs.filter(user_id=submission.user_id, content_hash=submission.content_hash).first()
    if log is None or log.status != Status.APPROVED or log.moderator_type == "manual":
        return None
    if "whitelisted_user" in log.reasons or review_port().current_review_id(log):
        return None
    log.project = submission.project
    finding = classify(
        submission.content,
        ruleset.compiled,
        user_id=submission.user_id,
        language=log.language,
        score_request=ScoreRequest(scorer),
    )
    verdict = decide(finding, policy)
    is_grave = verdict.kind.rank >= VerdictKind.FLAG.rank
    if not is_grave or VerdictKind.FLAG not in policy.review_verdicts:
        return None
    _, storable = redact_for_storage(submission.content, finding, policy.storage)
    return _open_review(log, storable, verdict, now)


def _open_review(
    log: ModerationLog, finding: Classification, verdict: Verdict, now: datetime
) -> UUID:
    before = counts_of(log)
    changes = {
        **verdict_fields(verdict),
        "verdict": log.verdict,
        "matches": quotes_of(log.content, finding)["matches"],
        "categories": finding.labels,
        "status": Status.FLAGGED,
    }
    amend(log, changes, now)
    review_id, review_event = review_port().open_item(log, now)
    deltas = count_deltas(before, counts_of(log))
    events = [moderation_update(log, review_id=review_id, tally=deltas, now=now)]
    publish(*events, *([review_event] if review_event else []), now=now)
    return review_id
