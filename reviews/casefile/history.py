"""What a moderator sees around content: its history, its author's, the conversation."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from moderation.models import Ban, LogRevision, ModerationLog, Strike
from reviews.models import Decision, Report, ReviewItem

# docs/reviews.md, "A review"
PAST_DECISIONS = 10
NEIGHBOURS = 5


@dataclass(frozen=True)
class AuthorHistory:
    strikes: list[Strike]
    bans: list[Ban]
    #: The newest first.
    decisions: list[Decision]


@dataclass(frozen=True)
class Neighbours:
    """Messages of the same channel around one; both lists in the order they were sent."""

    before: list[ModerationLog]
    after: list[ModerationLog]


@dataclass(frozen=True)
class ContentHistory:
    """What happened to one piece of content; each list has the newest first."""

    revisions: list[LogRevision]
    reviews: list[ReviewItem]
    decisions: list[Decision]
    reports: list[Report]
    strikes: list[Strike]
    author: AuthorHistory


def content_history_of(log: ModerationLog, now: datetime) -> ContentHistory:
    """Return what happened to content, with its author's record."""
    return ContentHistory(
        revisions=list(log.revisions.order_by("-revision")),
        reviews=list(log.reviews.order_by("-created_at", "-id")),
        decisions=list(Decision.objects.filter(review__log=log).order_by("-decided_at", "-id")),
        reports=list(log.reports.order_by("-created_at", "-id")),
        strikes=list(log.strikes.order_by("-given_at", "-id")),
        author=author_history_of(log, now),
    )


def author_history_of(log: ModerationLog, now: datetime) -> AuthorHistory:
    """Return the author's strikes and bans in force and the last decisions on their content."""
    strikes = Strike.objects.filter(project=log.project_id, user_id=log.user_id).active(now)
    bans = Ban.objects.filter(project=log.project_id, user_id=log.user_id).active(now)
    decisions = Decision.objects.filter(
        project=log.project_id,
        # Repeated for the log: its indexes begin with the project.
        review__log__project=log.project_id,
        review__log__user_id=log.user_id,
        undone_at=None,
    )
    return AuthorHistory(
        strikes=list(strikes.order_by("given_at")),
        bans=list(bans),
        decisions=list(decisions.select_related("review__log")[:PAST_DECISIONS]),
    )


def neighbours_of(log: ModerationLog) -> Neighbours:
    """Return the five messages before and the five after in the channel."""
    channel = ModerationLog.objects.filter(project=log.project_id, channel_id=log.channel_id)
    same_moment = Q(created_at=log.created_at)
    earlier = channel.filter(Q(created_at__lt=log.created_at) | same_moment & Q(id__lt=log.pk))
    later = channel.filter(Q(created_at__gt=log.created_at) | same_moment & Q(id__gt=log.pk))
    return Neighbours(
        before=_first(earlier, "-created_at", "-id")[::-1],
        after=_first(later, "created_at", "id"),
    )


def _first(logs: QuerySet[ModerationLog], *order: str) -> list[ModerationLog]:
    return list(logs.order_by(*order)[:NEIGHBOURS])
