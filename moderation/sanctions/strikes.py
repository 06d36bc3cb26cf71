"""Give and revoke strikes, and give the bans of the ladder (docs/strikes.md, "The ladder")."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from moderation.engine.verdict.author_record import next_ban
from moderation.engine.verdict.policy import Policy
from moderation.events.event import Cause
from moderation.models import Ban, ModerationLog, Strike
from moderation.sanctions.bans import ban_author


def give_strike(
    log: ModerationLog, policy: Policy, cause: Cause, *, now: datetime
) -> tuple[Strike | None, Ban | None]:
    """Give this message's strike, once, and the ban that the ladder then calls for."""
    if log.strikes.filter(revoked_at=None).exists():
        return None, None
    author = log.author.in_scope(policy)
    strike = Strike.objects.create(
        project=author.project,
        user_id=author.user_id,
        channel_id=author.channel_id,
        log=log,
        given_by=cause.by,
        given_at=now,
        expires_at=now + timedelta(days=policy.strike_days),
    )
    strikes = Strike.objects.of_author(author).active(now).count()
    step = next_ban(strikes, policy)
    if step is None or not may_ban(policy):
        return strike, None
    # docs/strikes.md, "Flood": its temporary ban says so, even if the ladder gives one too.
    is_flood = step == "temporary" and "flood" in log.reasons
    ban = ban_author(
        author,
        cause.because("flood" if is_flood else f"{strikes} active strikes"),
        length=timedelta(hours=policy.temp_ban_hours) if step == "temporary" else None,
        now=now,
        log=log,
        rests_on_strikes=True,
    )
    return strike, ban


def may_ban(policy: Policy) -> bool:
    """Say whether the ladder and the flood limit may ban without a person."""
    return policy.auto_ban and not policy.ban_requires_review


def revoke_strikes(log: ModerationLog, *, by: str, now: datetime) -> bool:
    """Revoke the strikes of this message; say whether there were any."""
    return log.strikes.filter(revoked_at=None).update(revoked_at=now, revoked_by=by) > 0


def restore_strikes(ids: Iterable[UUID | str]) -> int:
    """Restore revoked strikes; return how many."""
    return Strike.objects.filter(pk__in=list(ids)).update(revoked_at=None, revoked_by="")
