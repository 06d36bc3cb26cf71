"""Chat as Bloom had it: the action BAN bans at once (docs/realtime.md, "Chat")."""

from datetime import datetime

from django.db import transaction

from moderation.pipeline.legacy_actions import BAN, recommended_action
from moderation.pipeline.moderate import judge_now, moderate
from moderation.pipeline.outcome import Outcome
from moderation.pipeline.submission import Submission
from moderation.pipeline.twins import try_past_twins
from moderation.rules.active import policy_of
from moderation.sanctions.author_lock import lock_author
from moderation.sanctions.chat_strikes import ban_at_once
from moderation.sanctions.strikes import may_ban


def moderate_or_ban(submission: Submission, now: datetime) -> Outcome:
    """Moderate a message; if the action for it is BAN, ban its author in the same transaction.

    Raises MessageTaken if the message_id belongs to another author or channel.
    """
    return try_past_twins(submission, lambda one: _try(one, now))


def _try(submission: Submission, now: datetime) -> Outcome:
    """Judge before the transaction, which on SQLite locks out all other writers."""
    judgement = judge_now(submission, now)
    policy = policy_of(submission.project)
    with transaction.atomic():
        outcome = moderate(submission, now, judgement)
        log = outcome.log
        is_due = outcome.ban is None and recommended_action(log) == BAN
        if is_due and not outcome.is_duplicate and may_ban(policy):
            lock_author(submission.author, policy)
            ban_at_once(log, policy, now)
            log.action = "perm_ban"
            log.save(update_fields=["action"])
    return outcome
