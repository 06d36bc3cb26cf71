"""Reads about bans: those that hold, those that ended, and what a new one would change."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from moderation.models import Ban, ModerationLog, Project
from moderation.models.sanctions import BanQuerySet
from moderation.queries.authors import count_active_strikes
from moderation.queries.in_force import policy_of


def bans_at(project: Project, user_id: str, channel_id: str) -> BanQuerySet:
    """Return the author's bans in exactly this place that nobody has lifted."""
    bans: BanQuerySet = Ban.objects.of_author(project, user_id)
    return bans.filter(channel_id=channel_id, lifted_at=None)


def ended_bans(project: Project, now: datetime) -> BanQuerySet:
    """Return the bans that were lifted, replaced or ran out."""
    bans: BanQuerySet = Ban.objects.filter(project=project)
    return bans.filter(Q(lifted_at__isnull=False) | Q(expires_at__lte=now))


def active_bans(project: Project, now: datetime) -> BanQuerySet:
    bans: BanQuerySet = Ban.objects.filter(project=project)
    return bans.active(now)


@dataclass(frozen=True)
class Foreseen:
    """What a ban would meet: when it would end, what stands there, what is known of the author."""

    ends_at: datetime | None
    standing: Ban | None
    wider: Ban | None
    strikes: int
    is_known: bool


def foresee_ban(
    project: Project, user_id: str, channel_id: str, *, hours: int | None, now: datetime
) -> Foreseen:
    """Say what a ban there would mean; hours: None for a permanent one."""
    held = list(Ban.objects.of_author(project, user_id).reaching(channel_id).active(now))
    policy = policy_of(project)
    return Foreseen(
        ends_at=now + timedelta(hours=hours) if hours else None,
        standing=next((ban for ban in held if ban.channel_id == channel_id), None),
        wider=next((ban for ban in held if ban.channel_id != channel_id), None),
        strikes=count_active_strikes(project, user_id, channel_id, policy, now),
        is_known=ModerationLog.objects.filter(project=project, user_id=user_id).exists(),
    )
