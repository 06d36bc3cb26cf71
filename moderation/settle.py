"""Settle a judged message under its author's lock: record, enforce, open a review, publish."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction

from moderation import enforce, notices, queries, record
from moderation.engine.decide import counted_hits
from moderation.engine.matches import Classification, RuleHit
from moderation.engine.policy import Policy
from moderation.engine.standing import Standing, in_light_of, is_flood, next_ban
from moderation.engine.verdict import Verdict, VerdictKind
from moderation.errors import MessageTaken
from moderation.events import Event, iso
from moderation.ingest import Submission
from moderation.models import Ban, BanType, ModerationLog, Status, Strike
from moderation.publish import publish
from moderation.queries import History, InForce
from moderation.quotes import kept, quotes_of
from moderation.statistics import RuleCount, rule_metric
from moderation.wording import sentence


@dataclass(frozen=True)
class Judgement:
    """What the engine says of a text alone, and what it was judged under."""

    classification: Classification
    verdict: Verdict
    in_force: InForce
    #: Seconds.
    took: float
    is_duplicate: bool = False
    #: What is counted of a model in shadow.
    tally: Mapping[str, int] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        return self.in_force.policy


@dataclass(frozen=True)
class Outcome:
    """What an entrance answers from."""

    log: ModerationLog
    review_id: UUID | None = None
    #: The ban that holds for the author now.
    ban: Ban | None = None
    is_duplicate: bool = False
    is_stored: bool = True


@dataclass(frozen=True)
class Sanctions:
    """What this message brought its author."""

    #: The ban that held before it.
    earlier_ban: Ban | None = None
    strike: Strike | None = None
    ban: Ban | None = None
    is_flood: bool = False
    #: Active strikes after it.
    strike_count: int = 0


STANDING_FIELDS = tuple(each.name for each in fields(Standing))


class ReviewDoor(Protocol):
    """What the pipeline needs of the app that keeps reviews (settings.REVIEW_DOOR)."""

    def open_item(self, log: ModerationLog, now: datetime) -> tuple[UUID, Event | None]: ...
    def withdraw_item(self, log: ModerationLog, now: datetime) -> Event | None: ...
    def current_review_id(self, log: ModerationLog) -> UUID | None: ...


def review_door() -> ReviewDoor:
    return cast("ReviewDoor", import_module(settings.REVIEW_DOOR))


def repeated(submission: Submission, now: datetime) -> Outcome | None:
    """Return the stored outcome if this very message was answered before."""
    earlier = _earlier(submission)
    if earlier is None or earlier.content_hash != submission.content_hash:
        return None
    return _stored_outcome(earlier, now)


@transaction.atomic
def settle(
    submission: Submission, judgement: Judgement, history: History, now: datetime
) -> Outcome:
    """Store the message and its consequences.

    `history` is what was read just before: it does for a new and harmless message, which only
    shows it. A violation counts on it, and reads it again behind the author's lock.
    Raises IntegrityError if the same message_id was stored meanwhile: then try again.
    """
    policy, author = judgement.policy, _author(submission)
    if judgement.verdict.is_violation:
        enforce.lock_author(*author, policy)
        history = queries.history_of(submission, policy, now)
    earlier = _earlier(submission, lock=True) if history.is_stored else None
    if earlier and earlier.content_hash == submission.content_hash:
        return _stored_outcome(earlier, now)
    ban = queries.active_ban(*author, now) if history.is_banned else None
    standing = _standing(submission, judgement, history, ban)
    verdict = in_light_of(standing, judgement.verdict, policy)
    before = notices.tally_of(earlier) if earlier else {}
    log = _draft(submission, judgement, verdict, earlier, now, standing)
    sanctions = _sanction(log, verdict, standing, policy, ban, now)
    review_id, review_event = _review(log, verdict, sanctions, policy, is_edit=bool(earlier))
    _conclude(log, verdict, sanctions, policy, review_id, submission.accept_language)
    record.store(log)
    tally = {**notices.tally_change(before, notices.tally_of(log)), **judgement.tally}
    publish(*_events(log, tally, review_id, review_event, sanctions, policy), now=now)
    return Outcome(_as_sent(log, submission, judgement), review_id, sanctions.ban or ban)


def _author(submission: Submission) -> tuple[Any, str, str]:
    return submission.project, submission.user_id, submission.channel_id


def _earlier(submission: Submission, *, lock: bool = False) -> ModerationLog | None:
    logs = ModerationLog.objects.select_for_update() if lock else ModerationLog.objects
    found = logs.filter(project=submission.project, message_id=submission.message_id).first()
    if found is None:
        return None
    if (found.user_id, found.channel_id) != (submission.user_id, submission.channel_id):
        raise MessageTaken("This message_id belongs to another author or channel.")
    found.project = submission.project
    return found


def _stored_outcome(log: ModerationLog, now: datetime) -> Outcome:
    ban = queries.active_ban(log.project, log.user_id, log.channel_id, now)
    return Outcome(log, review_door().current_review_id(log), ban, is_duplicate=True)


def _standing(
    submission: Submission, judgement: Judgement, history: History, ban: Ban | None
) -> Standing:
    return Standing(
        is_banned=ban is not None,
        is_whitelisted=submission.user_id in judgement.in_force.trusted_authors,
        active_strikes=history.active_strikes,
        recent_violations=history.recent_violations,
        burst_violations=history.burst_violations,
    )


# --- Record


def _draft(
    submission: Submission,
    judgement: Judgement,
    verdict: Verdict,
    earlier: ModerationLog | None,
    now: datetime,
    standing: Standing,
) -> ModerationLog:
    """Fill in a log as far as the text alone tells; it is stored once all consequences are known.

    Foreign keys to it may be written before: they are checked at the end of the transaction.
    """
    judged = {
        **_of_the_text(submission, judgement),
        **verdict_fields(verdict),
        "standing": _kept_standing(standing, judgement),
        "judged_at": now,
        "is_violation": verdict.is_violation,
        "is_approved": verdict.kind in judgement.policy.approved_verdicts,
    }
    if earlier:
        return record.draft_edit(earlier, judged)
    identity = {
        "project": submission.project,
        "message_id": submission.message_id,
        "user_id": submission.user_id,
        "channel_id": submission.channel_id,
        "username": submission.username,
        "reply_to": submission.reply_to,
        "metadata": dict(submission.metadata),
        "created_at": now,
    }
    return ModerationLog(**identity, **judged)


def _of_the_text(submission: Submission, judgement: Judgement) -> dict[str, Any]:
    found = judgement.classification
    return {
        **quotes_of(*kept(submission.content, found, judgement.policy.storage)),
        "content_hash": submission.content_hash,
        "categories": found.labels,
        "language": found.language,
        "degraded": list(found.failed),
        "rule_hits": [_hit_metric(hit) for hit in counted_hits(found.rule_hits)],
        "policy_version": judgement.in_force.policy_version,
        "ruleset_version": judgement.in_force.version,
        "model_version": judgement.in_force.models.judging,
        "engine_version": settings.ENGINE_VERSION,
        "processing_seconds": round(judgement.took, 6),
    }


def _kept_standing(standing: Standing, judgement: Judgement) -> dict[str, Any]:
    """Return what a replay must know of the author; most authors have nothing to tell."""
    known = {name: getattr(standing, name) for name in STANDING_FIELDS}
    known["is_duplicate"] = judgement.is_duplicate
    return {name: value for name, value in known.items() if value}


def _as_sent(log: ModerationLog, submission: Submission, judgement: Judgement) -> ModerationLog:
    """Return the log for the answer: whoever sent the text is told its words, kept or not."""
    if judgement.policy.storage == "full":
        return log
    told = copy(log)
    for name, value in quotes_of(submission.content, judgement.classification).items():
        setattr(told, name, value)
    return told


def _hit_metric(hit: RuleHit) -> str:
    return rule_metric(RuleCount.SHADOW if hit.shadow else RuleCount.APPLIED, hit.rule_id)


def verdict_fields(verdict: Verdict) -> dict[str, Any]:
    """Return what a log keeps of a verdict."""
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


# --- Enforce


def _sanction(
    log: ModerationLog,
    verdict: Verdict,
    standing: Standing,
    policy: Policy,
    ban: Ban | None,
    now: datetime,
) -> Sanctions:
    if standing.is_banned or not verdict.is_violation:
        return Sanctions(earlier_ban=ban, strike_count=standing.active_strikes)
    strike, new_ban = None, None
    if verdict.may_strike and verdict.kind in policy.strike_verdicts:
        strike, new_ban = enforce.give_strike(log, policy, by=enforce.SYSTEM, now=now)
    flood = is_flood(standing, verdict, policy)
    if flood and new_ban is None and enforce.may_ban(policy):
        new_ban = _ban_for_flood(log, policy, now)
    strikes = standing.active_strikes + (strike is not None)
    return Sanctions(strike=strike, ban=new_ban, is_flood=flood, strike_count=strikes)


def _ban_for_flood(log: ModerationLog, policy: Policy, now: datetime) -> Ban:
    return enforce.ban_author(
        log.project,
        log.user_id,
        queries.scope_of(log.channel_id, policy),
        type=BanType.TEMPORARY,
        hours=policy.temp_ban_hours,
        reason="flood",
        by=enforce.SYSTEM,
        now=now,
        log=log,
    )


# --- Review


def _review(
    log: ModerationLog, verdict: Verdict, sanctions: Sanctions, policy: Policy, *, is_edit: bool
) -> tuple[UUID | None, Event | None]:
    if sanctions.earlier_ban is None and _asks_for_review(verdict, sanctions, policy):
        return review_door().open_item(log, log.judged_at)
    if not is_edit:
        return None, None
    event = review_door().withdraw_item(log, log.judged_at)
    return review_door().current_review_id(log), event


def _asks_for_review(verdict: Verdict, sanctions: Sanctions, policy: Policy) -> bool:
    if verdict.kind in policy.review_verdicts:
        return True
    if verdict.kind is VerdictKind.BLOCK and policy.queue_blocks:
        return True
    ladder = sanctions.strike and next_ban(sanctions.strike_count, policy)
    return bool(policy.ban_requires_review and ladder)


# --- Conclude


def _conclude(
    log: ModerationLog,
    verdict: Verdict,
    sanctions: Sanctions,
    policy: Policy,
    review_id: UUID | None,
    accept_language: str,
) -> None:
    """Fill in what only the consequences tell: action, status and the sentence for the author."""
    if sanctions.earlier_ban:
        log.is_approved = log.is_violation = False
    log.status = _status(log, review_id)
    log.action = _action(log, verdict, sanctions)
    log.strike_count = sanctions.strike_count
    key, values = _wording(log, sanctions, policy)
    log.message = sentence(key, log.language, accept_language, **values)


def _status(log: ModerationLog, review_id: UUID | None) -> str:
    """CONTRACT section 3: `flagged` = a review is open and the verdict is not block."""
    is_blocked = log.verdict == VerdictKind.BLOCK
    if review_id and not is_blocked:
        return Status.FLAGGED
    return Status.REJECTED if is_blocked or not log.is_approved else Status.APPROVED


#: CONTRACT section 3, `action`, for what brought neither a ban nor a strike.
ACTIONS: Mapping[VerdictKind, str] = {
    VerdictKind.BLOCK: "blocked",
    VerdictKind.FLAG: "flagged",
    VerdictKind.WARN: "warning",
    VerdictKind.ALLOW: "approved",
}


def _action(log: ModerationLog, verdict: Verdict, sanctions: Sanctions) -> str:
    if sanctions.earlier_ban:
        return "user_banned"
    if sanctions.ban:
        return "perm_ban" if sanctions.ban.type == BanType.PERMANENT else "temp_ban"
    return "warning" if sanctions.strike else ACTIONS[verdict.kind]


def _wording(
    log: ModerationLog, sanctions: Sanctions, policy: Policy
) -> tuple[str, dict[str, object]]:
    if sanctions.strike and log.action == "warning":
        limit = policy.strikes_for_temp_ban
        return "strike", {"strikes": sanctions.strike_count, "limit": limit}
    if log.action == "temp_ban" and sanctions.ban:
        return "temp_ban", {"until": iso(sanctions.ban.expires_at)}
    return ("advised" if log.action == "warning" else log.action), {}


# --- Publish


def _events(
    log: ModerationLog,
    tally: Mapping[str, int],
    review_id: UUID | None,
    review_event: Event | None,
    sanctions: Sanctions,
    policy: Policy,
) -> list[Event]:
    now = log.judged_at
    told = [notices.moderation_update(log, review_id=review_id, tally=tally)]
    if review_event:
        told.append(review_event)
    if sanctions.is_flood:
        told.append(
            notices.rate_limited(log, policy.flood.violations + 1, policy.flood.seconds, now)
        )
    if log.is_violation:
        told.append(notices.user_activity(log, "violation", now))
    return told + notices.outside_events(log)
