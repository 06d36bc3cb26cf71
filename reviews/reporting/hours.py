"""What happened in each hour of a project: counted from the rows, or as the relay added it up.

An hour's figures are always a count of its rows, never a sum of changes, so nothing is counted
twice and no fault lasts: whoever changes what an earlier hour counts marks that hour as stale in
the same transaction (`moderation.events.stale_hours`), and until it is added up again its rows are
read. The same holds for the hours at both ends of a period, which are not whole.
"""

import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from moderation.events.stale_hours import hour_of
from moderation.models import (
    Ban,
    HourlyFigures,
    ModerationLog,
    Project,
    StaleHour,
    Strike,
    SummedSpan,
)
from moderation.queries.series import TWO_DAYS, step_of
from reviews.models import Appeal, AppealStatus, Decision, DecisionKind, Report, ReviewItem

HOUR = timedelta(hours=1)
#: With more stale hours than this, all between the first and the last are counted from the rows: a
#: condition for each would be more than SQLite takes.
MOST_APART = 100
#: What is waited for: a decision, one that answers an appeal, and the appeal's answer; the columns.
DECISION, DECISION_ON_APPEAL, ANSWER = WAITS = (
    "decision_waits",
    "appeal_decision_waits",
    "appeal_waits",
)
#: Before a report's reason.
REPORT = "report:"


@dataclass(frozen=True)
class Span:
    """From `since` to `until`, exclusive."""

    since: datetime
    until: datetime


class Part(Enum):
    """What is counted together, with one or two questions to the database."""

    HIDDEN = auto()
    SANCTIONS = auto()
    DECISIONS = auto()
    CLOSED = auto()
    REPORTS = auto()
    APPEALS = auto()


#: The parts with waits.
WAITED = {Part.DECISIONS, Part.APPEALS}


@dataclass
class Figures:
    """What happened: how often, how long it took, and how old the oldest closed review was."""

    counts: Counter[str] = field(default_factory=Counter)
    #: Seconds of each wait, the newest first.
    waits: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    oldest_closed: datetime | None = None


Hours = Mapping[datetime, Figures]


def figures_by_hour(
    project: Project, span: Span, parts: Collection[Part] = frozenset(Part)
) -> Hours:
    """Return what happened in each hour of a span, newest first; hours without anything are absent.

    The first and the last hour count only what lies in the span. Only these parts are sure to be
    in the answer.
    """
    # First the stale hours: what changes after this question may be told the next time.
    marks = StaleHour.objects.filter(project=project).values_list("hour", flat=True)
    stale = set(marks.distinct())
    whole = _whole_hours(project, span) if None not in stale else None
    if whole is None:
        return _sorted(count_hours(project, [span], parts))
    unsummed = _joined(
        Span(hour, hour + HOUR) for hour in stale if hour and whole.since <= hour < whole.until
    )
    if len(unsummed) > MOST_APART:
        unsummed = [Span(unsummed[0].since, unsummed[-1].until)]
    rows = HourlyFigures.objects.filter(
        project=project, hour__gte=whole.since, hour__lt=whole.until
    )
    # Waits are most of a row.
    columns = WAITS if WAITED & {*parts} else ()
    found = {
        hour: Figures(Counter(counts), unpacked(zip(columns, waits, strict=True)), oldest)
        for hour, counts, oldest, *waits in rows.values_list(
            "hour", "counts", "oldest_closed", *columns
        )
        if not any(span.since <= hour < span.until for span in unsummed)
    }
    others = [
        Span(span.since, whole.since),
        *unsummed,
        Span(whole.until, span.until),
    ]
    return _sorted({**found, **count_hours(project, others, parts)})


def _whole_hours(project: Project, span: Span) -> Span | None:
    """Return the hours of the span that are added up, as far as they are whole."""
    summed = SummedSpan.objects.filter(project=project).first()
    if summed is None:
        return None
    until = min(hour_of(span.until), summed.until)
    if span.since >= until:
        return None
    start = hour_of(span.since)
    since = max(start if start == span.since else start + HOUR, summed.since)
    return Span(since, until) if since < until else None


def packed(waits: Iterable[float]) -> bytes:
    """Return waits as they are stored."""
    numbers = array("d", waits)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpacked(columns: Iterable[tuple[str, bytes]]) -> defaultdict[str, list[float]]:
    """Return the waits of stored columns."""
    waits: defaultdict[str, list[float]] = defaultdict(list)
    for name, stored in columns:
        if stored:
            numbers = array("d", bytes(stored))
            if sys.byteorder == "big":
                numbers.byteswap()
            waits[name] = numbers.tolist()
    return waits


def _sorted(hours: Hours) -> Hours:
    return dict(sorted(hours.items(), reverse=True))


# --- From the rows


def count_hours(
    project: Project, spans: Iterable[Span], parts: Iterable[Part] = Part
) -> dict[datetime, Figures]:
    """Count what happened in the spans, by the hour."""
    joined = _joined(spans)
    found: defaultdict[datetime, Figures] = defaultdict(Figures)
    if joined:
        for part in parts:
            ADDERS[part](found, project, joined)
    return dict(found)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return the spans without gaps between neighbours, and without empty ones."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.since):
        if span.since >= span.until:
            continue
        if joined and joined[-1].until >= span.since:
            joined[-1] = Span(joined[-1].since, max(span.until, joined[-1].until))
        else:
            joined.append(span)
    return joined


def _within(rows: QuerySet[Any], moment: str, spans: Sequence[Span]) -> QuerySet[Any]:
    """Return the rows of the spans, with the text of their hour as `hour_text`."""
    inside = Q()
    for span in spans:
        inside |= Q(**{f"{moment}__gte": span.since, f"{moment}__lt": span.until})
    found: QuerySet[Any] = (
        rows.filter(inside).order_by().annotate(hour_text=step_of(moment, TWO_DAYS))
    )
    return found


def _hour(text: str) -> datetime:
    """Return the hour of a text such as `2026-03-02 12`."""
    return datetime.fromisoformat(f"{text}:00:00").replace(tzinfo=UTC)


def _by(is_automatic: bool) -> str:  # noqa: FBT001 (a name's second half)
    return "automated" if is_automatic else "by_person"


def _add_hidden(found: Hours, project: Project, spans: list[Span]) -> None:
    """Add the content that is not shown, in the hour in which it was sent."""
    hidden = ModerationLog.objects.filter(project=project, is_approved=False)
    hours = _within(hidden, "created_at", spans).values_list("hour_text", "moderator_type")
    for text, moderator, count in hours.annotate(Count("pk")):
        found[_hour(text)].counts[f"hidden:{_by(moderator != 'manual')}"] += count


def _add_sanctions(found: Hours, project: Project, spans: list[Span]) -> None:
    strikes = _within(Strike.objects.filter(project=project), "given_at", spans)
    for text, by, count in strikes.values_list("hour_text", "given_by").annotate(Count("pk")):
        found[_hour(text)].counts[f"strikes:{_by(by == Ban.SYSTEM)}"] += count
    bans = _within(Ban.objects.filter(project=project), "issued_at", spans)
    by_type = bans.values_list("hour_text", "issued_by", "type").annotate(Count("pk"))
    for text, by, type_, count in by_type:
        counts = found[_hour(text)].counts
        counts[f"bans:{_by(by == Ban.SYSTEM)}"] += count
        counts[f"bans:{type_}"] += count


def _add_decisions(found: Hours, project: Project, spans: list[Span]) -> None:
    """Add the decisions in effect; those that answer an appeal count only by their wait."""
    decisions = Decision.objects.in_effect().filter(project=project)
    newest_first = _within(decisions, "decided_at", spans).order_by("-decided_at", "-pk")
    for decided_at, opened_at, ruling, appeal, verdict in newest_first.values_list(
        "decided_at", "review__created_at", "ruling", "appeal", "review__log__verdict"
    ):
        figures = found[hour_of(decided_at)]
        kind = DECISION if appeal is None else DECISION_ON_APPEAL
        figures.waits[kind].append((decided_at - opened_at).total_seconds())
        if appeal is None:
            figures.counts[f"decisions:{ruling}"] += 1
            if verdict != "allow" and ruling != DecisionKind.DISMISS:
                figures.counts["engine:reviewed"] += 1
                figures.counts["engine:wrong"] += ruling == DecisionKind.APPROVE


def _add_closed(found: Hours, project: Project, spans: list[Span]) -> None:
    closed = ReviewItem.objects.decided().filter(project=project)
    hours = _within(closed, "decided_at", spans).values_list("hour_text")
    for text, oldest in hours.annotate(Min("created_at")):
        found[_hour(text)].oldest_closed = oldest


def _add_reports(found: Hours, project: Project, spans: list[Span]) -> None:
    hours = _within(Report.objects.filter(project=project), "created_at", spans).annotate(
        is_shown=F("log__is_approved")
    )
    by_reason = hours.values_list("hour_text", "reason", "is_shown").annotate(Count("pk"))
    for text, reason, is_shown, count in by_reason:
        counts = found[_hour(text)].counts
        counts[f"{REPORT}{reason}"] += count
        counts["reports:hidden"] += 0 if is_shown else count


def _add_appeals(found: Hours, project: Project, spans: list[Span]) -> None:
    """Add appeals in the hour in which they were made, and their answers in that of the answer."""
    appeals = Appeal.objects.filter(project=project)
    made = _within(appeals, "created_at", spans).annotate(of_ban=Q(log=None))
    by_status = made.values_list("hour_text", "status", "of_ban").annotate(Count("pk"))
    for text, status, of_ban, count in by_status:
        counts = found[_hour(text)].counts
        counts["appeals"] += count
        counts["appeals:open"] += count if status == AppealStatus.OPEN else 0
        counts["appeals:of_bans"] += count if of_ban else 0
    answered = _within(appeals.filter(status=AppealStatus.DECIDED), "decided_at", spans)
    for decided_at, made_at, outcome, is_own in answered.order_by("-decided_at", "-pk").values_list(
        "decided_at", "created_at", "outcome", "self_reviewed"
    ):
        figures = found[hour_of(decided_at)]
        figures.waits[ANSWER].append((decided_at - made_at).total_seconds())
        figures.counts[f"answers:{outcome}"] += 1
        figures.counts["answers:self_reviewed"] += is_own


ADDERS: Mapping[Part, Callable[[Hours, Project, list[Span]], None]] = {
    Part.HIDDEN: _add_hidden,
    Part.SANCTIONS: _add_sanctions,
    Part.DECISIONS: _add_decisions,
    Part.CLOSED: _add_closed,
    Part.REPORTS: _add_reports,
    Part.APPEALS: _add_appeals,
}
