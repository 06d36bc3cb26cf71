"""An author as moderators see them: figures, sanctions, and a timeline, newest first."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Max, Min, Model, Q, QuerySet

from moderation.models import Ban, ModerationLog, Project, Strike, WhitelistedUser
from reviews.models import Appeal, AuthorNote, Decision, Report, ReviewItem

RECENT = timedelta(days=30)
#: Entries of each kind that a timeline is made from, and entries that it shows.
MOST_OF_A_KIND, MOST = 30, 40
MOST_LISTED = 10
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Profile:
    user_id: str
    names: list[str]
    channels: list[str]
    languages: list[str]
    first_seen: datetime | None
    last_seen: datetime | None
    messages: int
    recent: int
    recent_refused: int
    reports_made: int
    reports_upheld: int
    strikes: list[Strike]
    bans: list[Ban]
    trusted: WhitelistedUser | None
    now: datetime

    @property
    def is_known(self) -> bool:
        return bool(self.messages or self.bans or self.strikes or self.trusted)

    @property
    def active_strikes(self) -> list[Strike]:
        return [strike for strike in self.strikes if is_active(strike, self.now)]

    @property
    def strikes_by_place(self) -> dict[str, int]:
        """The number of active strikes in each channel ("": the whole project), most first."""
        return dict(Counter(strike.channel_id for strike in self.active_strikes).most_common())

    @property
    def active_bans(self) -> list[Ban]:
        return [ban for ban in self.bans if ban.is_active_at(self.now)]

    @property
    def refused_percent(self) -> float:
        return 100 * self.recent_refused / self.recent if self.recent else 0.0


def is_active(strike: Strike, now: datetime) -> bool:
    return strike.revoked_at is None and strike.ended_at is None and strike.expires_at > now


def profile_of(project: Project, user_id: str, now: datetime) -> Profile:
    """Return what is known about an author; an unknown one has zeros and empty lists."""
    logs = ModerationLog.objects.filter(project=project, user_id=user_id)
    recent = Q(created_at__gt=now - RECENT)
    figures = logs.aggregate(
        messages=Count("pk"),
        recent=Count("pk", filter=recent),
        recent_refused=Count("pk", filter=recent & Q(is_approved=False)),
        first_seen=Min("created_at"),
        last_seen=Max("created_at"),
    )
    made = Report.objects.filter(project=project, reporter_id=user_id)
    upheld = Q(log__status="rejected", review__status="decided")
    reports = made.aggregate(reports_made=Count("pk"), reports_upheld=Count("pk", filter=upheld))
    newest = logs.order_by("-judged_at")[:100]
    recent_rows = list(newest.values_list("username", "channel_id", "language"))
    strikes = Strike.objects.filter(project=project, user_id=user_id).select_related("log")
    return Profile(
        user_id=user_id,
        names=_each_once(name for name, _, _ in recent_rows),
        channels=_each_once(channel for _, channel, _ in recent_rows),
        languages=_each_once(language for _, _, language in recent_rows),
        strikes=list(strikes.order_by("-given_at")[:MOST_OF_A_KIND]),
        bans=list(Ban.objects.of_author(project, user_id)[:MOST_OF_A_KIND]),
        trusted=WhitelistedUser.objects.filter(project=project, user_id=user_id).first(),
        now=now,
        **figures,
        **reports,
    )


def _each_once(names: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))


# --- Timeline


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened to an author."""

    at: datetime
    #: message, decision, ban or lift.
    kind: str
    log: ModerationLog | None = None
    decision: Decision | None = None
    ban: Ban | None = None


def timeline_of(project: Project, user_id: str) -> list[TimelineEntry]:
    """Return the latest refused or flagged messages, decisions, bans and their ends."""
    logs = ModerationLog.objects.filter(project=project, user_id=user_id).exclude(verdict="allow")
    # Repeated for the log: its indexes begin with the project.
    of_author = {"review__log__project": project, "review__log__user_id": user_id}
    decisions = Decision.objects.filter(project=project, **of_author)
    bans = Ban.objects.of_author(project, user_id)
    entries = [
        *(TimelineEntry(log.judged_at, "message", log=log) for log in _first(logs, "-judged_at")),
        *(
            TimelineEntry(
                decision.decided_at, "decision", decision=decision, log=decision.review.log
            )
            for decision in _first(decisions.select_related("review__log"), "-decided_at")
        ),
        *(TimelineEntry(ban.issued_at, "ban", ban=ban) for ban in _first(bans, "-issued_at")),
        *(
            TimelineEntry(ban.lifted_at, "lift", ban=ban)
            for ban in _first(bans.filter(lifted_at__isnull=False), "-lifted_at")
            if ban.lifted_at
        ),
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:MOST]


def _first(rows: QuerySet[Row], order: str) -> QuerySet[Row]:
    return rows.order_by(order)[:MOST_OF_A_KIND]


# --- What a moderator looks at without leaving the queue

LATEST = 10


@dataclass(frozen=True)
class CloserLook:
    """An author beside an open item: their latest messages, what else waits, and notes."""

    profile: Profile
    messages: list[ModerationLog]
    #: Their open items but for the one that is shown.
    waiting: list[ReviewItem]
    appeals: list[Appeal]
    notes: list[AuthorNote]


def closer_look(project: Project, user_id: str, *, but: UUID | None, now: datetime) -> CloserLook:
    """Return an author's record; but: the item that the moderator has open."""
    logs = ModerationLog.objects.filter(project=project, user_id=user_id)
    waiting = ReviewItem.objects.open().filter(
        project=project, log__project=project, log__user_id=user_id
    )
    if but is not None:
        waiting = waiting.exclude(pk=but)
    appeals = Appeal.objects.filter(project=project, user_id=user_id)
    return CloserLook(
        profile=profile_of(project, user_id, now),
        messages=list(logs.order_by("-created_at", "-id")[:LATEST]),
        waiting=list(waiting.select_related("log")[:LATEST]),
        appeals=list(appeals.order_by("-created_at")[:LATEST]),
        notes=notes_on(project, user_id),
    )


def notes_on(project: Project, user_id: str) -> list[AuthorNote]:
    return list(AuthorNote.objects.filter(project=project, user_id=user_id)[:MOST_OF_A_KIND])


# --- Lists


@dataclass(frozen=True)
class FrequentViolator:
    user_id: str
    violations: int


def frequent_violators(project: Project, now: datetime) -> list[FrequentViolator]:
    """Return the authors with the most violations in the last day."""
    authors = (
        ModerationLog.objects.filter(
            project=project, is_violation=True, created_at__gt=now - timedelta(days=1)
        )
        .values("user_id")
        .annotate(violations=Count("pk"))
        .order_by("-violations", "user_id")
    )
    return [FrequentViolator(**row) for row in authors[:MOST_LISTED]]


def banned_now(project: Project, now: datetime) -> list[Ban]:
    """Return the newest bans in force."""
    bans = Ban.objects.filter(project=project).active(now)
    return list(bans.order_by("-issued_at")[:MOST_LISTED])
