"""What follows for the author: strikes, the ladder, bans, and their end.

Every function here that changes an author's sanctions runs in the caller's transaction and, but
for lifting, under the author's lock (`lock_author`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moderation import events
from moderation.engine.policy import Policy
from moderation.engine.standing import next_ban
from moderation.events import Event, iso
from moderation.models import AuthorStanding, Ban, BanType, ModerationLog, Project, Strike
from moderation.publish import publish
from moderation.queries.authors import scope_of
from moderation.statements import PreparedInsert

SYSTEM = "system"
# Where the row is there already, writing what it holds locks it: one statement for both.
_insert_standing = PreparedInsert(
    AuthorStanding,
    "ON CONFLICT (project_id, user_id, channel_id) DO UPDATE SET channel_id = excluded.channel_id",
)


@dataclass(frozen=True)
class Cause:
    """Why an event goes out, and until when sinks outside the house wait for it."""

    decision: UUID | None = None
    hold_until: datetime | None = None


NO_CAUSE = Cause()


def lock_author(project: Project, user_id: str, channel_id: str, policy: Policy) -> None:
    """Lock the author's standing row until the caller's transaction ends; make it if need be."""
    key = {"project": project, "user_id": user_id, "channel_id": scope_of(channel_id, policy)}
    _insert_standing(AuthorStanding(**key))


# --- Strikes


def give_strike(
    log: ModerationLog,
    policy: Policy,
    *,
    by: str,
    now: datetime,
    cause: UUID | None = None,
    hold_until: datetime | None = None,
) -> tuple[Strike | None, Ban | None]:
    """Give the strike of this message, once, and the ban that the ladder then asks for."""
    if log.strikes.filter(revoked_at=None).exists():
        return None, None
    strike = Strike.objects.create(
        project=log.project,
        user_id=log.user_id,
        channel_id=scope_of(log.channel_id, policy),
        log=log,
        given_by=by,
        given_at=now,
        expires_at=now + timedelta(days=policy.strike_days),
    )
    return strike, _climb(log, policy, by, now, Cause(cause, hold_until))


def _climb(log: ModerationLog, policy: Policy, by: str, now: datetime, cause: Cause) -> Ban | None:
    scope = scope_of(log.channel_id, policy)
    strikes = Strike.objects.of_author(log.project, log.user_id, scope).active(now).count()
    asked_for = next_ban(strikes, policy)
    if asked_for is None or not may_ban(policy):
        return None
    # CONTRACT section 5: a flood's temporary ban says so, also where the ladder asks for one too.
    is_flood = asked_for == "temporary" and "flood" in log.reasons
    return ban_author(
        log.project,
        log.user_id,
        scope,
        type=asked_for,
        hours=policy.temp_ban_hours,
        reason="flood" if is_flood else f"{strikes} active strikes",
        by=by,
        now=now,
        log=log,
        rests_on_strikes=True,
        cause=cause.decision,
        hold_until=cause.hold_until,
    )


def may_ban(policy: Policy) -> bool:
    """Say whether the ladder and the flood limit ban by themselves."""
    return policy.auto_ban and not policy.ban_requires_review


def revoke_strikes(log: ModerationLog, *, by: str, now: datetime) -> list[Strike]:
    """Take back the strikes of this message; return those that still stood."""
    standing = list(log.strikes.filter(revoked_at=None))
    log.strikes.filter(pk__in=[strike.pk for strike in standing]).update(
        revoked_at=now, revoked_by=by
    )
    return standing


def restore_strikes(ids: Iterable[UUID | str]) -> int:
    """Let strikes that were taken back stand again; return how many."""
    return Strike.objects.filter(pk__in=list(ids)).update(revoked_at=None, revoked_by="")


# --- Bans


def ban_author(  # noqa: PLR0913 (keyword-only: each names itself)
    project: Project,
    user_id: str,
    channel_id: str,
    *,
    type: str,  # noqa: A002 (the contract's word)
    hours: int | None,
    reason: str,
    by: str,
    now: datetime,
    log: ModerationLog | None = None,
    rests_on_strikes: bool = False,
    cause: UUID | None = None,
    hold_until: datetime | None = None,
) -> Ban:
    """Ban an author in a channel ("" = the whole project); an earlier ban there gives way.

    A permanent ban is never shortened: then it stays and is returned.
    """
    link = Cause(cause, hold_until)
    earlier = Ban.objects.of_author(project, user_id).filter(channel_id=channel_id, lifted_at=None)
    for ban in earlier:
        if ban.type == BanType.PERMANENT:
            return ban
        _end_quietly_or_expire(ban, now, link)
    ends_at = now + timedelta(hours=hours or 24) if type == BanType.TEMPORARY else None
    ban = Ban.objects.create(
        project=project,
        user_id=user_id,
        channel_id=channel_id,
        type=type,
        reason=reason,
        log=log,
        rests_on_strikes=rests_on_strikes,
        issued_by=by,
        issued_at=now,
        expires_at=ends_at,
    )
    publish(_ban_update(ban, now), _user_banned(ban, link), now=now)
    return ban


def _end_quietly_or_expire(ban: Ban, now: datetime, link: Cause) -> None:
    """End a ban that another replaces; one whose time was over is announced as expired."""
    if ban.expires_at is not None and ban.expires_at <= now:
        lift_ban(ban, by=SYSTEM, reason="expired", now=now)
        return
    Ban.objects.filter(pk=ban.pk).update(lifted_at=now, lifted_by=SYSTEM, lift_reason="replaced")


def lift_ban(
    ban: Ban,
    *,
    by: str,
    reason: str,
    now: datetime,
    cause: UUID | None = None,
    hold_until: datetime | None = None,
) -> bool:
    """End one ban and tell it; return False if somebody else ended it first."""
    with transaction.atomic():
        standing = Ban.objects.filter(pk=ban.pk, lifted_at=None)
        if not standing.update(lifted_at=now, lifted_by=by, lift_reason=reason):
            return False
        ban.lifted_at, ban.lifted_by, ban.lift_reason = now, by, reason
        publish(_ban_update(ban, now), _user_unbanned(ban, Cause(cause, hold_until)), now=now)
    return True


def restore_ban(
    ban: Ban,
    *,
    now: datetime,
    cause: UUID | None = None,
    hold_until: datetime | None = None,
) -> bool:
    """Let a lifted ban stand again unless its time is over or another took its place."""
    if ban.expires_at is not None and ban.expires_at <= now:
        return False
    taken = Ban.objects.of_author(ban.project, ban.user_id).filter(channel_id=ban.channel_id)
    if taken.filter(lifted_at=None).exists():
        return False
    ban.lifted_at, ban.lifted_by, ban.lift_reason = None, "", ""
    ban.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    publish(_ban_update(ban, now), _user_banned(ban, Cause(cause, hold_until)), now=now)
    return True


def lift_unsupported_bans(  # noqa: PLR0913 (keyword-only: each names itself)
    project: Project,
    user_id: str,
    channel_id: str,
    policy: Policy,
    *,
    by: str,
    reason: str,
    now: datetime,
    cause: UUID | None = None,
    hold_until: datetime | None = None,
) -> list[Ban]:
    """Lift the bans that rest on strikes which the remaining strikes no longer reach."""
    scope = scope_of(channel_id, policy)
    strikes = Strike.objects.of_author(project, user_id, scope).active(now).count()
    reached = next_ban(strikes, policy)
    bans = Ban.objects.of_author(project, user_id).filter(channel_id=scope, rests_on_strikes=True)
    fallen = [
        ban
        for ban in bans.active(now)
        if reached is None or (ban.type == BanType.PERMANENT and reached == "temporary")
    ]
    for ban in fallen:
        lift_ban(ban, by=by, reason=reason, now=now, cause=cause, hold_until=hold_until)
    return fallen


# --- The end of sanctions


@dataclass(frozen=True)
class Expired:
    bans: int
    strikes: int


def expire_sanctions(now: datetime, project: Project | None = None) -> Expired:
    """End every ban and strike whose time is over; each ban is told exactly once.

    project: None means in all of them.
    """
    within = {"project": project} if project else {}
    over = Ban.objects.over(now).filter(**within).select_related("project")
    bans = sum(lift_ban(ban, by=SYSTEM, reason="expired", now=now) for ban in over)
    strikes = Strike.objects.over(now).filter(**within).update(ended_at=now)
    return Expired(bans=bans, strikes=strikes)


# --- Events


def ban_info(ban: Ban) -> dict[str, str | None]:
    """Return a ban as the check's answer shows it; with its id it can be appealed."""
    return {
        "id": str(ban.pk),
        "type": ban.type,
        "expires_at": iso(ban.expires_at),
        "reason": ban.reason,
        "channel_id": ban.channel_id or None,
    }


def _ban_update(ban: Ban, now: datetime) -> Event:
    data = {
        "user_id": ban.user_id,
        "channel_id": ban.channel_id or None,
        "active": ban.lifted_at is None,
        "type": ban.type,
        "expires_at": iso(ban.expires_at),
        "reason": ban.reason,
        "timestamp": iso(now),
    }
    return Event(ban.project, events.BAN_UPDATE, data)


def _user_banned(ban: Ban, link: Cause) -> Event:
    data = {
        "user_id": ban.user_id,
        "channel_id": ban.channel_id or None,
        "ban_type": ban.type,
        "banned_until": iso(ban.expires_at),
        "reason": ban.reason,
        "project_id": ban.project.slug,
    }
    return _outside(ban.project, events.USER_BANNED, data, link)


def _user_unbanned(ban: Ban, link: Cause) -> Event:
    data = {
        "user_id": ban.user_id,
        "channel_id": ban.channel_id or None,
        "unbanned_by": ban.lifted_by,
        "reason": ban.lift_reason,
        "project_id": ban.project.slug,
    }
    return _outside(ban.project, events.USER_UNBANNED, data, link)


def _outside(project: Project, kind: str, data: dict[str, str | None], link: Cause) -> Event:
    return Event(project, kind, data, cause=link.decision, hold_until=link.hold_until)
