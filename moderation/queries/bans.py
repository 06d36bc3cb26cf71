"""Reads about bans: active ones, ended ones, and the preview of a new one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from moderation.models import Author, Ban, ModerationLog, Project
from moderation.models.sanctions import BanQuerySet
from moderation.queries.authors import count_active_strikes
from moderation.rules.active import policy_of


def bans_at(author: Author) -> BanQuerySet:
    """Return the author's bans in exactly this channel that nobody has lifted."""
    bans: BanQuerySet = Ban.objects.of_author(author.project, author.user_id)
    return bans.filter(channel_id=author.channel_id, lifted_at=None)


def ended_bans(project: Project, now: datetime) -> BanQuerySet:
    """Return the bans that were lifted or replaced or have expired."""
    bans: BanQuerySet = Ban.objects.filter(project=project)
    return bans.filter(Q(lifted_at__isnull=False) | Q(expires_at__lte=now))


def active_bans(project: Project, now: datetime) -> BanQuerySet:
    bans: BanQuerySet = Ban.objects.filter(project=project)
    return bans.active(now)


@dataclass(frozen=True)
class BanPreview:
    """A ban's end, the active bans that it would meet, and facts about the author."""

    ends_at: datetime | None
    standing: Ban | None
    wider: Ban | None
    strikes: int
    is_known: bool


def preview_ban(author: Author, *, minutes: int | None, now: datetime) -> BanPreview:
    """Return what a ban or mute there would meet; minutes: None for a permanent ban."""
    bans = Ban.objects.of_author(author.project, author.user_id).reaching(author.channel_id)
    active = list(bans.active(now))
    logs = ModerationLog.objects.filter(project=author.project, user_id=author.user_id)
    return BanPreview(
        ends_at=now + timedelta(minutes=minutes) if minutes else None,
        standing=next((ban for ban in active if ban.channel_id == author.channel_id), None),
        wider=next((ban for ban in active if ban.channel_id != author.channel_id), None),
        strikes=count_active_strikes(author, policy_of(author.project), now),
        is_known=logs.exists(),
    )
