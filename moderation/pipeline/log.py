"""The stored messages, one row each, and their earlier revisions."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any

from django.conf import settings

from moderation.engine.verdict.author_record import AuthorRecord
from moderation.engine.verdict.decide import counted_hits
from moderation.engine.verdict.policy import Policy
from moderation.engine.verdict.verdict import Stage, Verdict, VerdictKind
from moderation.events.counters import RuleCount, rule_metric
from moderation.events.event import iso
from moderation.events.stale_hours import hour_of, mark_stale
from moderation.lib.errors import MessageTaken
from moderation.lib.instances import Instances
from moderation.lib.prepared_insert import PreparedInsert
from moderation.models import BanType, LogRevision, ModerationLog, Picture, Status
from moderation.models.logs import VerdictFields
from moderation.pipeline.author_history import RECORD_FIELDS
from moderation.pipeline.author_messages import sentence, strike_key
from moderation.pipeline.excerpts import ai_rows, quotes_of, redact_for_storage
from moderation.pipeline.outcome import Judgement, Outcome, Review, Sanction
from moderation.pipeline.review_port import review_port
from moderation.pipeline.submission import Submission
from moderation.pipeline.writes import Writes
from moderation.queries.authors import active_ban

_logs = Instances(ModerationLog)
# Every message is stored: `save` takes several times as long.
_insert = PreparedInsert(ModerationLog)
JUDGED_FIELDS = tuple(field.name for field in VerdictFields._meta.get_fields())
#: What hourly figures count of a log, besides its verdict.
SUMMED = ("is_approved", "moderator_type")
#: The action without a ban or a strike (docs/verdicts.md, "Action and status").
ACTIONS: Mapping[VerdictKind, str] = {
    VerdictKind.BLOCK: "blocked",
    VerdictKind.FLAG: "flagged",
    VerdictKind.WARN: "warning",
    VerdictKind.ALLOW: "approved",
}


def find_earlier(submission: Submission, *, lock: bool = False) -> ModerationLog | None:
    """Return the stored message with this message_id, locked on request; None if it is new.

    Raises MessageTaken if it belongs to another author or channel.
    """
    logs = ModerationLog.objects.select_for_update() if lock else ModerationLog.objects
    log = logs.filter(project=submission.project, message_id=submission.message_id).first()
    if log is None:
        return None
    if (log.user_id, log.channel_id) != (submission.user_id, submission.channel_id):
        raise MessageTaken("This message_id belongs to another author or channel.")
    log.project = submission.project
    return log


def repeated(
    submission: Submission, now: datetime, earlier: ModerationLog | None = None
) -> Outcome | None:
    """Return the stored outcome if the same message got an answer before."""
    log = earlier or find_earlier(submission)
    if log is None or log.content_hash != submission.content_hash:
        return None
    review_id = review_port().current_review_id(log)
    return Outcome(log, review_id, active_ban(log.author, now), is_duplicate=True)


def draft_log(
    submission: Submission,
    judgement: Judgement,
    verdict: Verdict,
    record: AuthorRecord,
    earlier: ModerationLog | None,
    now: datetime,
) -> ModerationLog:
    """Return a log, or the next revision of `earlier`, with its verdict; `write_log` completes it.

    Other rows may refer to it before that: foreign keys are checked when the transaction ends.
    The caller holds a lock on `earlier`, so that revisions follow each other.
    """
    ruleset, finding = judgement.ruleset, judgement.classification
    # Stored for a replay; false values are left out, and most authors have nothing else.
    known = {name: getattr(record, name) for name in RECORD_FIELDS}
    known["is_duplicate"] = judgement.is_duplicate
    storage = ruleset.policy.storage
    quotes = quotes_of(*redact_for_storage(submission.content, finding, storage))
    fields = {
        **quotes,
        "matches": [*quotes["matches"], *ai_rows(finding, storage)],
        **verdict_fields(verdict),
        "content_hash": submission.content_hash,
        "copy_hash": submission.copy_hash,
        "content_type": submission.content_type,
        "categories": finding.labels,
        "language": finding.language,
        "degraded": [*finding.failed, *(["ruleset"] if ruleset.is_stale else [])],
        "rule_hits": [
            rule_metric(RuleCount.SHADOW if hit.shadow else RuleCount.APPLIED, hit.rule_id)
            for hit in counted_hits(finding.rule_hits)
        ],
        "policy_version": ruleset.policy_version,
        "ruleset_version": ruleset.version,
        "model_version": ruleset.models.active_number,
        "engine_version": settings.ENGINE_VERSION,
        "processing_seconds": round(judgement.took, 6),
        "standing": {name: value for name, value in known.items() if value},
        "judged_at": now,
        # A banned author's message is refused, and is no violation.
        "is_violation": verdict.is_violation and not record.is_banned,
        "is_approved": verdict.kind in ruleset.policy.approved_verdicts and not record.is_banned,
    }
    if earlier:
        store_revision(earlier)
        for name, value in {**fields, "revision": earlier.revision + 1}.items():
            setattr(earlier, name, value)
        return earlier
    return _new_log(submission, {**fields, "created_at": now})


def _new_log(submission: Submission, fields: Mapping[str, Any]) -> ModerationLog:
    sent = {
        "project_id": submission.project.pk,
        "message_id": submission.message_id,
        "user_id": submission.user_id,
        "channel_id": submission.channel_id,
        "username": submission.username,
        "reply_to": submission.reply_to,
        "metadata": dict(submission.metadata),
    }
    log = _logs.make({**sent, **fields})
    log.project = submission.project
    return log


def store_revision(log: ModerationLog) -> None:
    """Store the log's present text and verdict as an earlier revision."""
    LogRevision.objects.create(log=log, **{name: getattr(log, name) for name in JUDGED_FIELDS})


def hold_edit(log: ModerationLog) -> None:
    """Keep an edit of content that a moderator rejected hidden until one decides on it."""
    if log.revision > 1 and review_port().is_rejected(log):
        log.is_approved, log.stage = False, Stage.HUMAN_REVIEW


def write_log(
    log: ModerationLog,
    sanction: Sanction,
    review: Review,
    policy: Policy,
    submission: Submission,
    writes: Writes,
) -> None:
    """Complete a drafted log with its action, status and message to the author, and write it."""
    is_blocked = log.verdict == VerdictKind.BLOCK
    # docs/verdicts.md, "Action and status": flagged means an open review, but not of a block.
    if review.id and not is_blocked:
        log.status = Status.FLAGGED
    else:
        log.status = Status.REJECTED if is_blocked or not log.is_approved else Status.APPROVED
    values: dict[str, object] = {}
    is_held = log.stage == Stage.HUMAN_REVIEW and not is_blocked
    if sanction.earlier_ban:
        key = log.action = "muted" if sanction.earlier_ban.is_mute else "user_banned"
        values = {"until": iso(sanction.earlier_ban.expires_at)}
    elif sanction.ban:
        is_permanent = sanction.ban.type == BanType.PERMANENT
        key = log.action = "perm_ban" if is_permanent else "temp_ban"
        values = {"until": iso(sanction.ban.expires_at)}
    elif sanction.strike:
        log.action = "warning"
        is_ban_held = sanction.held_ban is not None
        key, values = strike_key(sanction.strike_count, policy, is_ban_held=is_ban_held)
    elif is_held:
        key = log.action = "flagged"
    else:
        log.action = ACTIONS[VerdictKind(log.verdict)]
        key = "advised" if log.action == "warning" else log.action
    log.strike_count = sanction.strike_count
    log.message = sentence(
        key, log.language, submission.accept_language, fallback=policy.languages[0], **values
    )
    write(log, submission, policy, writes)


def write(log: ModerationLog, submission: Submission, policy: Policy, writes: Writes) -> None:
    """Write a log, and its picture if the policy stores texts as they were sent."""
    if log._state.adding:
        writes.add(_insert, log)
    else:
        log.save(force_update=True)
        mark_hours_of(log, log.judged_at)
        Picture.objects.filter(log=log).delete()
    picture = submission.picture
    if picture and policy.storage == "full":
        Picture.objects.create(log=log, media_type=picture.media_type, data=picture.data)


def text_as_sent(log: ModerationLog, submission: Submission, judgement: Judgement) -> ModerationLog:
    """Return the log for the answer, with excerpts of the text even if they are not stored."""
    if judgement.policy.storage == "full":
        return log
    shown = copy(log)
    for name, value in quotes_of(submission.content, judgement.classification).items():
        setattr(shown, name, value)
    return shown


def amend(log: ModerationLog, changes: Mapping[str, Any], now: datetime) -> None:
    """Change a log after its answer. The caller holds a lock on it."""
    if any(getattr(log, name) != changes.get(name, getattr(log, name)) for name in SUMMED):
        mark_hours_of(log, now)
    changes = {**changes, "changed_at": now}
    for name, value in changes.items():
        setattr(log, name, value)
    log.save(update_fields=list(changes))


def mark_hours_of(log: ModerationLog, now: datetime) -> None:
    """Have the figures added up again that count a log, or what people did about it."""
    if hour_of(log.created_at) < hour_of(now):
        moments = [log.created_at, *review_port().moments_of([log.pk])]
        mark_stale(log.project, moments, now)


def change_status(  # noqa: PLR0913 (keyword-only: each names itself)
    log: ModerationLog,
    now: datetime,
    *,
    status: str,
    is_approved: bool,
    is_violation: bool,
    stage: str,
    moderator_type: str,
    moderator_name: str,
) -> None:
    """Store a moderator's decision on the log; the engine's verdict stays."""
    changes = {
        "status": status,
        "is_approved": is_approved,
        "is_violation": is_violation,
        "stage": stage,
        "moderator_type": moderator_type,
        "moderator_name": moderator_name,
    }
    amend(log, changes, now)


def verdict_fields(verdict: Verdict) -> dict[str, Any]:
    """Return the fields of a log that store the verdict."""
    return {
        "verdict": str(verdict.kind),
        "severity": str(verdict.severity),
        "score": verdict.score,
        "reasons": list(verdict.reasons),
        "stage": str(verdict.stage),
        "moderator_type": verdict.moderator_type,
        "moderator_name": verdict.moderator_name,
        "rule_name": verdict.rule_name,
    }
