"""Reads for administration: banned users, an author's violations, a channel's figures."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, Max, Q, QuerySet

from moderation.models import Author, Ban, BanType, ModerationLog, Project, Strike
from moderation.models.author import WHOLE_PROJECT
from moderation.models.logs import ModerationLogQuerySet
from moderation.models.sanctions import BanQuerySet, StrikeQuerySet
from moderation.queries.bans import active_bans
from moderation.rules.active import policy_of

#: A channel's toxicity is the mean score over so many days (docs/administration.md).
TOXICITY_DAYS = 7


# --- Bans


@dataclass(frozen=True)
class Banned:
    """An active ban, with its author's violations and strikes where it applies."""

    ban: Ban
    violations: int
    strikes: int


def banned_users(
    project: Project, channel_id: str, now: datetime, *, skip: int, limit: int
) -> tuple[int, list[Banned]]:
    """Return the number of active bans in a channel ("" = anywhere) and a page, newest first.

    Mutes are not bans.
    """
    bans = active_bans(project, now).without_mutes()
    if channel_id:
        bans = bans.reaching(channel_id)
    page = list(bans.order_by("-issued_at", "-pk")[skip : skip + limit])
    authors = {ban.user_id for ban in page}
    logs = ModerationLog.objects.filter(project=project, user_id__in=authors, is_violation=True)
    strikes = Strike.objects.filter(project=project, user_id__in=authors).active(now)
    violations, active_strikes = _by_place(logs), _by_place(strikes)
    return bans.count(), [
        Banned(ban, _count_at(violations, ban), _count_at(active_strikes, ban)) for ban in page
    ]


Places = Mapping[tuple[str, str], int]


def _by_place(rows: QuerySet[ModerationLog] | QuerySet[Strike]) -> Places:
    """Count the rows of each author in each channel."""
    counted = rows.order_by().values_list("user_id", "channel_id").annotate(count=Count("pk"))
    return {(user_id, channel_id): count for user_id, channel_id, count in counted}


def _count_at(places: Places, ban: Ban) -> int:
    """Add up the counts in the channels where the ban applies."""
    reached = {ban.channel_id, WHOLE_PROJECT}
    return sum(
        count
        for (user_id, channel_id), count in places.items()
        if user_id == ban.user_id and (channel_id in reached or ban.channel_id == WHOLE_PROJECT)
    )


# --- Authors


@dataclass(frozen=True)
class ActiveSanctions:
    """An author's active strikes and ban in a channel, or anywhere."""

    strikes: int
    #: The widest and newest ban, else the widest and newest mute.
    ban: Ban | None

    @property
    def is_banned(self) -> bool:
        return self.ban is not None and not self.ban.is_mute

    @property
    def is_muted(self) -> bool:
        return self.ban is not None and self.ban.is_mute


def active_sanctions(author: Author, now: datetime) -> ActiveSanctions:
    """Return the author's strikes and ban in a channel, or anywhere."""
    strikes: StrikeQuerySet = Strike.objects.filter(project=author.project, user_id=author.user_id)
    bans: BanQuerySet = Ban.objects.of_author(author.project, author.user_id)
    if author.channel_id:
        scope = author.in_scope(policy_of(author.project)).channel_id
        strikes = strikes.filter(channel_id=scope)
        bans = bans.reaching(author.channel_id)
    active = bans.active(now).order_by("-issued_at")
    ban = min(active, key=lambda ban: (ban.is_mute, ban.channel_id), default=None)
    return ActiveSanctions(strikes.active(now).count(), ban)


def violations_of(author: Author) -> ModerationLogQuerySet:
    """Return the author's violations in a channel, or anywhere, newest first."""
    logs: ModerationLogQuerySet = ModerationLog.objects.filter(project=author.project)
    violations = logs.violations_of(author.user_id, author.channel_id)
    return violations.order_by("-judged_at", "-pk")


@dataclass(frozen=True)
class ViolationSummary:
    total: int
    last_at: datetime | None
    by_severity: dict[str, int]


def summary_of(violations: ModerationLogQuerySet) -> ViolationSummary:
    counted = violations.order_by().values_list("severity")
    rows = list(counted.annotate(count=Count("pk"), last=Max("judged_at")))
    by_severity = Counter(dict.fromkeys(("low", "medium", "high"), 0))
    by_severity.update({severity: count for severity, count, _ in rows})
    return ViolationSummary(
        total=by_severity.total(),
        last_at=max((last for _, _, last in rows), default=None),
        by_severity=by_severity,
    )


# --- Channels


@dataclass(frozen=True)
class ChannelFigures:
    violations: int
    struck_authors: int
    #: Strikes per author, of those who have any.
    mean_strikes: float
    bans: Mapping[str, int]
    #: The mean score of the last 7 days.
    toxicity: float


def channel_figures(project: Project, channel_id: str, now: datetime) -> ChannelFigures:
    """Return the figures of a channel; zeros for an unknown one."""
    logs = ModerationLog.objects.filter(project=project, channel_id=channel_id)
    recent = logs.filter(created_at__gt=now - timedelta(days=TOXICITY_DAYS))
    # If sanctions apply to the whole project, only the message says which channel a strike is from.
    here = Q(channel_id=channel_id) | Q(channel_id=WHOLE_PROJECT, log__channel_id=channel_id)
    active = Strike.objects.filter(here, project=project).active(now).order_by()
    by_author = active.values("user_id").annotate(count=Count("pk"))
    strikes = list(by_author.values_list("count", flat=True))
    bans = active_bans(project, now).filter(channel_id=channel_id).order_by()
    return ChannelFigures(
        violations=logs.filter(is_violation=True).count(),
        struck_authors=len(strikes),
        mean_strikes=sum(strikes) / len(strikes) if strikes else 0.0,
        bans={
            **dict.fromkeys(BanType.values, 0),
            **dict(bans.values_list("type").annotate(count=Count("pk"))),
        },
        toxicity=recent.aggregate(mean=Avg("score"))["mean"] or 0.0,
    )
