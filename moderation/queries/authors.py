"""Reads about one author: bans, strikes, violations and earlier messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import TypedDict

from django.db.models import QuerySet

from moderation.engine.verdict.policy import Policy
from moderation.lib.prepared_sql import PreparedCounts
from moderation.models import Author, Ban, ModerationLog, Strike
from moderation.models.author import WHOLE_PROJECT

#: The last messages that the risk score looks at (docs/events.md, "Risk score").
RISK_WINDOW = 20


def logs_of(args: SimpleNamespace) -> QuerySet[ModerationLog]:
    return ModerationLog.objects.filter(project=args.project, user_id=args.user_id)


def strikes_of(args: SimpleNamespace) -> QuerySet[Strike]:
    # Not `of_author`: these values are placeholders, of which only the SQL is built.
    strikes = Strike.objects.filter(
        project=args.project, user_id=args.user_id, channel_id=args.scope
    )
    return strikes.active(args.now)


AUTHOR = {"project": int, "user_id": str}
#: Messages, approved messages, violations among the last ones, active strikes.
_activity = PreparedCounts(
    lambda args: [
        logs_of(args),
        logs_of(args).filter(is_approved=True),
        ModerationLog.objects.filter(
            pk__in=logs_of(args).order_by("-judged_at").values("pk")[:RISK_WINDOW],
            is_violation=True,
        ),
        strikes_of(args),
    ],
    **AUTHOR,
    scope=str,
    now=datetime,
)


def scope_of(channel_id: str, policy: Policy) -> str:
    """Return where an author's strikes and bans count: the channel, or the whole project."""
    return WHOLE_PROJECT if policy.ban_scope == "project" else channel_id


def active_ban(author: Author, now: datetime) -> Ban | None:
    """Return the author's active ban or mute in the channel.

    A ban comes before a mute, one of the whole project before the channel's.
    """
    bans = Ban.objects.of_author(author.project, author.user_id).reaching(author.channel_id)
    active = bans.active(now)
    return min(active, key=lambda ban: (ban.is_mute, ban.channel_id), default=None)


def count_active_strikes(author: Author, policy: Policy, now: datetime) -> int:
    return Strike.objects.of_author(author.in_scope(policy)).active(now).count()


@dataclass(frozen=True)
class ChannelStatus:
    """An author's status in a channel; an unknown author has zeros and Nones."""

    strike_count: int
    ban: Ban | None
    #: When the newest active strike expires.
    strikes_reset_at: datetime | None
    last_violation: datetime | None


def status_of(author: Author, policy: Policy, now: datetime) -> ChannelStatus:
    strikes = Strike.objects.of_author(author.in_scope(policy)).active(now)
    logs = ModerationLog.objects.filter(project=author.project)
    violations = logs.violations_of(author.user_id, author.channel_id)
    expiries = strikes.order_by("-expires_at").values_list("expires_at", flat=True)
    moments = violations.order_by("-judged_at").values_list("judged_at", flat=True)
    return ChannelStatus(
        strike_count=strikes.count(),
        ban=active_ban(author, now),
        strikes_reset_at=expiries.first(),
        last_violation=moments.first(),
    )


class Activity(TypedDict):
    """An author's figures in `user_activity`: a percentage and a score of 0–10."""

    total_submissions: int
    recent_violations: int
    approval_rate: float
    risk_score: float


def activity_of(author: Author, policy: Policy, now: datetime) -> Activity:
    (activity,) = activities_of([(author, policy)], now)
    return activity


def activities_of(authors: Sequence[tuple[Author, Policy]], now: datetime) -> list[Activity]:
    """Return the figures of several authors, with one SQL statement."""
    asked = [
        {
            "project": author.project.pk,
            "user_id": author.user_id,
            "scope": author.in_scope(policy).channel_id,
            "now": now,
        }
        for author, policy in authors
    ]
    return [_activity_from(*counts) for counts in _activity.of_many(asked)]


def _activity_from(total: int, approved: int, violations: int, strikes: int) -> Activity:
    approval = approved / total if total else 1.0
    share = violations / min(total, RISK_WINDOW) if total else 0.0
    risk = 10 * (0.5 * share + 0.3 * min(1, strikes / 3) + 0.2 * (1 - approval))
    return {
        "total_submissions": total,
        "recent_violations": violations,
        "approval_rate": round(100 * approval, 1),
        "risk_score": round(risk, 1),
    }
