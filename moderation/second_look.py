"""Look again at a message whose model answered late: a review at most, never a punishment."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from django.db import close_old_connections, transaction
from django.utils import timezone

from moderation import enforce, notices, queries, record, toxicity
from moderation.engine.answered import Answered
from moderation.engine.classify import classify
from moderation.engine.decide import decide
from moderation.engine.matches import Classification
from moderation.engine.policy import Policy
from moderation.engine.toxicity import FLAG, Asked, Scores, toxicity_of
from moderation.engine.verdict import Verdict, VerdictKind
from moderation.ingest import Submission
from moderation.models import ModerationLog, Status
from moderation.publish import publish
from moderation.quotes import kept, quotes_of
from moderation.settle import review_door, verdict_fields

logger = logging.getLogger(__name__)

# One thread: what is late may wait, the checks need the database.
_aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="second-look")


def expect(late: Future[Scores], submission: Submission, log: ModerationLog) -> None:
    """Look again at the stored message once its model has answered, where that says enough.

    The process remembers it: what was late when it ends is not looked at again.
    """
    revision = log.revision
    late.add_done_callback(lambda future: _hear(future, submission, log.pk, revision))


def _hear(future: Future[Scores], submission: Submission, log_id: UUID, revision: int) -> None:
    model = toxicity.scorer()
    if model is None or future.cancelled() or future.exception():
        return
    scores = future.result()
    if model.levels.worth(toxicity_of(scores)) < FLAG:
        return
    answered = Answered(scores, model.name, model.levels, model.spam_levels)
    # The caller is the model's thread, which the next batch waits for.
    _aside.submit(_look_aside, submission, log_id, revision, answered)


def _look_aside(submission: Submission, log_id: UUID, revision: int, answered: Answered) -> None:
    close_old_connections()
    try:
        look_again(submission, log_id, revision, answered, timezone.now())
    except Exception:
        logger.exception("A late score could not be looked at", extra={"content": str(log_id)})
    finally:
        close_old_connections()


@transaction.atomic
def look_again(
    submission: Submission, log_id: UUID, revision: int, answered: Answered, now: datetime
) -> UUID | None:
    """Judge again with the model's answer and open a review if it asks for one; return its id.

    Verdict, action, strikes and bans stay as they were answered. None where nothing is opened:
    the content was edited, deleted, ruled on, is under review, or its author is trusted.
    """
    in_force = queries.in_force(submission.project)
    policy = in_force.policy
    enforce.lock_author(submission.project, submission.user_id, submission.channel_id, policy)
    log = _approved_log(submission, log_id, revision)
    if log is None:
        return None
    found = classify(
        submission.content,
        in_force.ruleset,
        user_id=submission.user_id,
        language=log.language,
        asked=Asked(answered),
    )
    verdict = decide(found, policy)
    if not _asks_for_review(verdict, policy):
        return None
    _, quotable = kept(submission.content, found, policy.storage)
    return _open(log, quotable, verdict, now)


def _approved_log(submission: Submission, log_id: UUID, revision: int) -> ModerationLog | None:
    """Return the message, locked, if it still stands as it was answered and may be shown."""
    logs = ModerationLog.objects.select_for_update().filter(pk=log_id, revision=revision)
    log = logs.filter(user_id=submission.user_id, content_hash=submission.content_hash).first()
    if log is None or log.status != Status.APPROVED or log.moderator_type == "manual":
        return None
    if "whitelisted_user" in log.reasons or review_door().current_review_id(log):
        return None
    log.project = submission.project
    return log


def _asks_for_review(verdict: Verdict, policy: Policy) -> bool:
    is_grave = verdict.kind.rank >= VerdictKind.FLAG.rank
    return is_grave and VerdictKind.FLAG in policy.review_verdicts


def _open(log: ModerationLog, found: Classification, verdict: Verdict, now: datetime) -> UUID:
    before = notices.tally_of(log)
    told = {name: value for name, value in verdict_fields(verdict).items() if name != "verdict"}
    changed = {
        **told,
        "matches": quotes_of(log.content, found)["matches"],
        "categories": found.labels,
        "status": Status.FLAGGED,
    }
    record.amend(log, changed)
    review_id, review_event = review_door().open_item(log, now)
    tally = notices.tally_change(before, notices.tally_of(log))
    events = [notices.moderation_update(log, review_id=review_id, tally=tally, now=now)]
    publish(*events, *([review_event] if review_event else []), now=now)
    return review_id
