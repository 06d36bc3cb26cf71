"""Reads for the staff: who is banned, an author's violations, a channel's figures."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, Max, Q, QuerySet

from moderation.models import Ban, BanType, ModerationLog, Project, Strike
from moderation.models.logs import ModerationLogQuerySet
from moderation.models.sanctions import WHOLE_PROJECT, BanQuerySet, StrikeQuerySet
from moderation.queries.authors import scope_of
from moderation.queries.bans import active_bans
from moderation.queries.in_force import policy_of

#: CONTRACT section 3: a channel's toxicity is the mean score of so many days.
TOXICITY_DAYS = 7


# --- Bans


@dataclass(frozen=True)
class Banned:
    """A ban that holds, with what counts against its author where it holds."""

    ban: Ban
    violations: int
    strikes: int


def banned_users(
    project: Project, channel_id: str, now: datetime, *, skip: int, limit: int
) -> tuple[int, list[Banned]]:
    """Return how many bans hold in a channel ("" = anywhere), and those of a page, newest first."""
    bans = active_bans(project, now)
    if channel_id:
        bans = bans.reaching(channel_id)
    page = list(bans.order_by("-issued_at", "-pk")[skip : skip + limit])
    authors = {ban.user_id for ban in page}
    logs = ModerationLog.objects.filter(project=project, user_id__in=authors, is_violation=True)
    strikes = Strike.objects.filter(project=project, user_id__in=authors).active(now)
    violations, standing = _by_place(logs), _by_place(strikes)
    return bans.count(), [
        Banned(ban, _count_at(violations, ban), _count_at(standing, ban)) for ban in page
    ]


Places = Mapping[tuple[str, str], int]


def _by_place(rows: QuerySet[ModerationLog] | QuerySet[Strike]) -> Places:
    """Count the rows of each author in each channel."""
    counted = rows.order_by().values_list("user_id", "channel_id").annotate(count=Count("pk"))
    return {(user_id, channel_id): count for user_id, channel_id, count in counted}


def _count_at(places: Places, ban: Ban) -> int:
    """Add up what reaches the place of the ban."""
    reached = {ban.channel_id, WHOLE_PROJECT}
    return sum(
        count
        for (user_id, channel_id), count in places.items()
        if user_id == ban.user_id and (channel_id in reached or ban.channel_id == WHOLE_PROJECT)
    )


# --- Authors


@dataclass(frozen=True)
class Standing:
    """What holds against an author in a channel, or anywhere."""

    strikes: int
    #: The widest and newest of the bans.
    ban: Ban | None


def standing_of(project: Project, user_id: str, channel_id: str, now: datetime) -> Standing:
    """Return the author's strikes and ban in a channel ("" = anywhere)."""
    strikes: StrikeQuerySet = Strike.objects.filter(project=project, user_id=user_id)
    bans: BanQuerySet = Ban.objects.of_author(project, user_id)
    if channel_id:
        strikes = strikes.filter(channel_id=scope_of(channel_id, policy_of(project)))
        bans = bans.reaching(channel_id)
    ban = bans.active(now).order_by("channel_id", "-issued_at").first()
    return Standing(strikes.active(now).count(), ban)


def violations_of(project: Project, user_id: str, channel_id: str) -> ModerationLogQuerySet:
    """Return the author's violations in a channel ("" = anywhere), the newest first."""
    logs = ModerationLog.objects.filter(project=project).violations_of(user_id, channel_id)
    found: ModerationLogQuerySet = logs.order_by("-judged_at", "-pk")
    return found


@dataclass(frozen=True)
class ViolationSummary:
    total: int
    last_at: datetime | None
    by_severity: Mapping[str, int]


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
    #: The mean of those who have any.
    mean_strikes: float
    bans: Mapping[str, int]
    #: The mean score of the last 7 days.
    toxicity: float


def channel_figures(project: Project, channel_id: str, now: datetime) -> ChannelFigures:
    """Return the figures of a channel; zeros for one nobody heard of."""
    logs = ModerationLog.objects.filter(project=project, channel_id=channel_id)
    recent = logs.filter(created_at__gt=now - timedelta(days=TOXICITY_DAYS))
    strikes = _strikes_in(project, channel_id, now)
    bans = active_bans(project, now).filter(channel_id=channel_id).order_by()
    return ChannelFigures(
        violations=logs.filter(is_violation=True).count(),
        struck_authors=len(strikes),
        mean_strikes=_mean(strikes),
        bans=_each_type(bans.values_list("type").annotate(count=Count("pk"))),
        toxicity=recent.aggregate(mean=Avg("score"))["mean"] or 0.0,
    )


def _strikes_in(project: Project, channel_id: str, now: datetime) -> list[int]:
    """Return the number of active strikes of each author who has any from this channel."""
    # Where sanctions hold in the whole project, only the message tells the channel.
    here = Q(channel_id=channel_id) | Q(channel_id=WHOLE_PROJECT, log__channel_id=channel_id)
    strikes = Strike.objects.filter(here, project=project).active(now).order_by()
    counted = strikes.values("user_id").annotate(count=Count("pk"))
    return list(counted.values_list("count", flat=True))


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _each_type(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    return {**dict.fromkeys(BanType.values, 0), **dict(rows)}
