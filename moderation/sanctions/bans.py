"""Ban authors, lift bans and end expired sanctions.

Every function here runs in the caller's transaction and, except for `lift_ban`, under the
author's lock (`lock_author`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from moderation.accounts.actors import identity_of
from moderation.engine.verdict.author_record import next_ban
from moderation.engine.verdict.policy import Policy
from moderation.events.event import Cause
from moderation.events.outbox import publish
from moderation.models import Author, Ban, BanType, ModerationLog, Project, Strike
from moderation.sanctions.payloads import ban_events

SYSTEM = Ban.SYSTEM
EXPIRED = Cause(by=SYSTEM, reason="expired")
DEFAULT_LENGTH = timedelta(hours=24)


def ban_length(
    type: str,  # noqa: A002 (the API's word)
    hours: int | None = None,
    minutes: int | None = None,
) -> timedelta | None:
    """Return the length of a ban that a person gives: None is for ever; the default is 24 hours."""
    if type != BanType.TEMPORARY:
        return None
    return timedelta(hours=hours or 0, minutes=minutes or 0) or DEFAULT_LENGTH


def ban_author(  # noqa: PLR0913 (keyword-only: each names itself)
    author: Author,
    cause: Cause,
    *,
    length: timedelta | None,
    now: datetime,
    log: ModerationLog | None = None,
    rests_on_strikes: bool = False,
    is_mute: bool = False,
) -> Ban:
    """Ban or mute an author for some time, or ban permanently (None); replace an earlier ban there.

    A permanent ban is never shortened: it stays and is returned.
    """
    in_place = Ban.objects.of_author(author.project, author.user_id).filter(lifted_at=None)
    for earlier in in_place.filter(channel_id=author.channel_id):
        if earlier.type == BanType.PERMANENT:
            return earlier
        if earlier.expires_at is not None and earlier.expires_at <= now:
            lift_ban(earlier, EXPIRED, now=now)
        else:
            in_place.filter(pk=earlier.pk).update(
                lifted_at=now, lifted_by=SYSTEM, lift_reason="replaced"
            )
    finite = BanType.MUTE if is_mute else BanType.TEMPORARY
    ban = Ban.objects.create(
        project=author.project,
        user_id=author.user_id,
        channel_id=author.channel_id,
        type=BanType.PERMANENT if length is None else finite,
        reason=cause.reason,
        log=log,
        rests_on_strikes=rests_on_strikes,
        issued_by=str(cause.by),
        issuer=identity_of(cause.by),
        issued_at=now,
        expires_at=None if length is None else now + length,
    )
    publish(*ban_events(ban, cause, now), now=now)
    return ban


def lift_ban(ban: Ban, cause: Cause, *, now: datetime) -> bool:
    """End a ban and publish the events; return False if it has already ended."""
    with transaction.atomic():
        still_there = Ban.objects.filter(pk=ban.pk, lifted_at=None)
        if not still_there.update(lifted_at=now, lifted_by=cause.by, lift_reason=cause.reason):
            return False
        ban.lifted_at, ban.lifted_by, ban.lift_reason = now, cause.by, cause.reason
        publish(*ban_events(ban, cause, now), now=now)
    return True


def restore_ban(ban: Ban, cause: Cause, *, now: datetime) -> bool:
    """Restore a lifted ban unless it has expired or another ban replaced it."""
    if ban.expires_at is not None and ban.expires_at <= now:
        return False
    others = Ban.objects.of_author(ban.project, ban.user_id).filter(channel_id=ban.channel_id)
    for over in others.over(now):
        lift_ban(over, EXPIRED, now=now)
    if others.filter(lifted_at=None).exists():
        return False
    ban.lifted_at, ban.lifted_by, ban.lift_reason = None, "", ""
    ban.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    publish(*ban_events(ban, cause, now), now=now)
    return True


def lift_unsupported_bans(author: Author, policy: Policy, cause: Cause, *, now: datetime) -> None:
    """Lift the bans that rest on strikes if too few strikes remain."""
    scoped = author.in_scope(policy)
    supported = next_ban(Strike.objects.of_author(scoped).active(now).count(), policy)
    bans = Ban.objects.of_author(scoped.project, scoped.user_id).active(now)
    for ban in bans.filter(channel_id=scoped.channel_id, rests_on_strikes=True):
        is_too_long = ban.type == BanType.PERMANENT and supported == "temporary"
        if supported is None or is_too_long:
            lift_ban(ban, cause, now=now)


@dataclass(frozen=True)
class Expired:
    bans: int
    strikes: int


def expire_sanctions(now: datetime, project: Project | None = None) -> Expired:
    """End every expired ban and strike; publish the end of each ban exactly once.

    project: None means all projects.
    """
    within = {"project": project} if project else {}
    over = Ban.objects.over(now).filter(**within).select_related("project")
    bans = sum(lift_ban(ban, EXPIRED, now=now) for ban in over)
    strikes = Strike.objects.over(now).filter(**within).update(ended_at=now)
    return Expired(bans=bans, strikes=strikes)
