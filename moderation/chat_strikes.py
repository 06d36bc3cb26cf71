"""Strikes as one older service has them: three in seven days ban in the chat (CONTRACT section 4).

They count only there: the policy's own strikes, and their ladder, know nothing of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from moderation import enforce, pipeline, queries
from moderation.engine.policy import Policy
from moderation.errors import Forbidden
from moderation.ingest import Submission
from moderation.models import Ban, BanType, ChatStrike, ModerationLog
from moderation.pipeline import TRIES
from moderation.recommended import BAN, recommended_action
from moderation.settle import Outcome

MOST_STRIKES = 3
LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Struck:
    outcome: Outcome
    #: WARNING, KICK, BAN or None; the third strike's is BAN.
    action: str | None
    #: Those that count after this message.
    strikes: int


def moderate_with_strikes(submission: Submission, now: datetime) -> Struck:
    """Moderate a message, and strike or ban its author in the chat; all or nothing.

    Raises Forbidden if the author is banned there: then nothing is stored.
    """
    for _ in range(TRIES - 1):
        try:
            return _moderated(submission, now)
        except IntegrityError:
            # The same message_id came in twice at once: the next try finds the other one's.
            continue
    return _moderated(submission, now)


def _moderated(submission: Submission, now: datetime) -> Struck:
    """Judge first, so that the author's lock, and SQLite's only one, are held for a moment."""
    judgement, history = pipeline.judged(submission, now)
    author = (submission.project, submission.user_id, submission.channel_id)
    policy = queries.policy_of(submission.project)
    with transaction.atomic():
        enforce.lock_author(*author, policy)
        if queries.active_ban(*author, now):
            raise Forbidden("User is banned")
        outcome = pipeline.settled(submission, judgement, history, now)
        action = recommended_action(outcome.log)
        if action and not ChatStrike.objects.filter(log=outcome.log).exists():
            action = _strike(outcome.log, action, policy, now)
        return Struck(outcome, action, _strikes_of(outcome.log, policy, now))


def _strike(log: ModerationLog, action: str, policy: Policy, now: datetime) -> str:
    """Give the strike or the ban that the action asks for; return what it came to."""
    strike = ChatStrike.objects.create(
        project=log.project,
        user_id=log.user_id,
        channel_id=queries.scope_of(log.channel_id, policy),
        log=log,
        is_at_once=action == BAN,
        given_at=now,
        expires_at=now + LIFETIME,
    )
    strikes = _strikes_of(log, policy, now)
    if action != BAN and strikes < MOST_STRIKES:
        return action
    # CONTRACT section 5: where the policy does not ban by itself, a ban is only recommended.
    if enforce.may_ban(policy):
        reason = ", ".join(log.reasons) if action == BAN else f"{strikes} strikes in 7 days"
        _ban(strike, log, reason, now)
    return BAN


def _ban(strike: ChatStrike, log: ModerationLog, reason: str, now: datetime) -> None:
    strike.ban = enforce.ban_author(
        log.project,
        log.user_id,
        strike.channel_id,
        type=BanType.PERMANENT,
        hours=None,
        reason=reason,
        by=enforce.SYSTEM,
        now=now,
        log=log,
    )
    strike.save(update_fields=["ban"])
    log.action = "perm_ban"
    log.save(update_fields=["action"])


def _strikes_of(log: ModerationLog, policy: Policy, now: datetime) -> int:
    scope = queries.scope_of(log.channel_id, policy)
    strikes = ChatStrike.objects.of_author(log.project, log.user_id, scope)
    return strikes.counting(now).count()


def lift_unsupported_bans(
    log: ModerationLog, policy: Policy, *, now: datetime, **given: Any
) -> list[Ban]:
    """Lift the bans that stood on this message or on strikes that are no longer three.

    The caller holds the author's lock, and has ruled on the message already. given: what
    `enforce.lift_ban` takes besides.
    """
    scope = queries.scope_of(log.channel_id, policy)
    strikes = ChatStrike.objects.of_author(log.project, log.user_id, scope)
    count = strikes.counting(now).count()
    holding = strikes.filter(ban__lifted_at=None, ban__isnull=False).select_related("ban", "log")
    fallen = [strike for strike in holding if not _is_supported(strike, count)]
    bans = []
    for strike in fallen:
        assert strike.ban is not None
        strike.ban.project = log.project
        if enforce.lift_ban(strike.ban, now=now, **given):
            bans.append(strike.ban)
    return bans


def _is_supported(strike: ChatStrike, count: int) -> bool:
    return strike.log.is_violation if strike.is_at_once else count >= MOST_STRIKES
