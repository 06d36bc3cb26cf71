"""Strikes of the endpoint `moderate-with-strikes`; three in seven days ban (docs/legacy.md)."""

from datetime import datetime, timedelta

from moderation.engine.verdict.policy import Policy
from moderation.events.event import Cause
from moderation.models import Ban, ChatStrike, ModerationLog
from moderation.sanctions.bans import SYSTEM, ban_author, lift_ban

MOST_STRIKES = 3
LIFETIME = timedelta(days=7)


def chat_strikes_of(log: ModerationLog, policy: Policy, now: datetime) -> int:
    strikes = ChatStrike.objects.of_author(log.author.in_scope(policy))
    return strikes.counting(now).count()


def ban_at_once(log: ModerationLog, policy: Policy, now: datetime) -> Ban:
    """Ban the author until somebody lifts it; it falls if a moderator approves the message.

    The caller holds the author's lock.
    """
    author = log.author.in_scope(policy)
    cause = Cause(by=SYSTEM, reason=", ".join(log.reasons))
    ban = ban_author(author, cause, length=None, now=now, log=log)
    fields = {
        "project": log.project,
        "user_id": author.user_id,
        "channel_id": author.channel_id,
        "ban": ban,
        "is_at_once": True,
        "given_at": now,
        "expires_at": now + LIFETIME,
    }
    # An edited message may have one already.
    ChatStrike.objects.update_or_create(log=log, defaults=fields)
    return ban


def lift_unsupported_chat_bans(
    log: ModerationLog, policy: Policy, cause: Cause, *, now: datetime
) -> None:
    """Lift bans that this message alone caused, and bans for strikes if fewer than three remain.

    The caller holds the author's lock and has already stored the decision.
    """
    strikes = ChatStrike.objects.of_author(log.author.in_scope(policy))
    is_supported = strikes.counting(now).count() >= MOST_STRIKES
    banning = strikes.filter(ban__lifted_at=None, ban__isnull=False).select_related("ban", "log")
    for strike in banning:
        holds = strike.log.is_violation if strike.is_at_once else is_supported
        if strike.ban is not None and not holds:
            strike.ban.project = log.project
            lift_ban(strike.ban, cause, now=now)
