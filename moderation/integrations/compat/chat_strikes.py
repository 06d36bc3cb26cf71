"""Bloom's strikes: three in seven days ban in the chat (docs/legacy.md, "Consequences").

They count only there: the policy's strikes and their ladder ignore them.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from moderation.engine.verdict.policy import Policy
from moderation.events.event import Cause
from moderation.lib.errors import Forbidden
from moderation.models import ChatStrike, ModerationLog
from moderation.pipeline.legacy_actions import BAN, recommended_action
from moderation.pipeline.moderate import judge_now, moderate
from moderation.pipeline.outcome import Outcome
from moderation.pipeline.submission import Submission
from moderation.pipeline.twins import try_past_twins
from moderation.queries.authors import active_ban
from moderation.rules.active import policy_of
from moderation.sanctions.author_lock import lock_author
from moderation.sanctions.bans import SYSTEM, ban_author
from moderation.sanctions.chat_strikes import LIFETIME, MOST_STRIKES, chat_strikes_of
from moderation.sanctions.strikes import may_ban


@dataclass(frozen=True)
class StrikeResult:
    outcome: Outcome
    #: WARNING, KICK, BAN or None; the third strike gives BAN.
    action: str | None
    #: Active strikes after this message.
    strikes: int


def moderate_with_strikes(submission: Submission, now: datetime) -> StrikeResult:
    """Moderate a message and strike or ban its author in the chat, in one transaction.

    Stores nothing and raises Forbidden if the author is banned there.
    """
    return try_past_twins(submission, lambda one: _try_to_moderate(one, now))


def _try_to_moderate(submission: Submission, now: datetime) -> StrikeResult:
    """Judge before taking the author's lock, which on SQLite locks out all other writers."""
    judgement = judge_now(submission, now)
    policy = policy_of(submission.project)
    with transaction.atomic():
        lock_author(submission.author, policy)
        if ban := active_ban(submission.author, now):
            raise Forbidden("User is muted" if ban.is_mute else "User is banned")
        outcome = moderate(submission, now, judgement)
        action = recommended_action(outcome.log)
        if action and not ChatStrike.objects.filter(log=outcome.log).exists():
            action = _strike(outcome.log, action, policy, now)
        return StrikeResult(outcome, action, chat_strikes_of(outcome.log, policy, now))


def _strike(log: ModerationLog, action: str, policy: Policy, now: datetime) -> str:
    """Give the strike or ban for the action; return the resulting action."""
    strike = ChatStrike.objects.create(
        project=log.project,
        user_id=log.user_id,
        channel_id=log.author.in_scope(policy).channel_id,
        log=log,
        is_at_once=action == BAN,
        given_at=now,
        expires_at=now + LIFETIME,
    )
    strikes = chat_strikes_of(log, policy, now)
    if action != BAN and strikes < MOST_STRIKES:
        return action
    # docs/strikes.md: if the policy does not ban by itself, a ban is only recommended.
    if may_ban(policy):
        reason = ", ".join(log.reasons) if action == BAN else f"{strikes} strikes in 7 days"
        cause = Cause(by=SYSTEM, reason=reason)
        strike.ban = ban_author(log.author.in_scope(policy), cause, length=None, now=now, log=log)
        strike.save(update_fields=["ban"])
        log.action = "perm_ban"
        log.save(update_fields=["action"])
    return BAN
