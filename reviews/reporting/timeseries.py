"""A project's figures over time, metric by metric (docs/figures.md, "Figures")."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Avg, Count, Min, QuerySet

from moderation.engine.matches import Category
from moderation.events.counters import APPROVED, FLAGGED, REJECTED, TOTAL
from moderation.models import ModerationLog, Project
from moderation.queries.series import (
    HOUR,
    MONTH,
    TWO_DAYS,
    Window,
    places_of,
    series_of,
    starts_of,
    step_of,
)
from reviews.models import Decision, ReviewItem
from reviews.reporting.hours import (
    DECISION,
    DECISION_ON_APPEAL,
    Hours,
    Part,
    Span,
    figures_by_hour,
)
from reviews.reporting.hours import HOUR as AN_HOUR

BUCKETS: Mapping[str, Window] = {"minute": HOUR, "hour": TWO_DAYS, "day": MONTH}
MOST_STEPS = 1000
#: How many authors or channels get a line: the busiest.
MOST_NAMED = 10
#: Most rows to read for a figure that no counter has; of more rows, only the newest count.
MOST_ROWS = 50_000

#: A value for each step; None if the step has none.
Values = list[float | None]


@dataclass(frozen=True)
class TimeSeries:
    """Lines over the same steps, oldest first; the last step is still running."""

    window: Window
    starts: list[datetime]
    lines: Mapping[str, Values]
    #: What the values are: messages, seconds, or a score from 0 to 1.
    unit: str = "messages"
    #: Every row since then was counted; earlier steps are incomplete. None: all are complete.
    complete_since: datetime | None = None


def time_series(project: Project, metric: str, window: Window, now: datetime) -> TimeSeries:
    """Return one of METRICS over the window that ends now."""
    return METRICS[metric](project, metric, window, now)


def window_of(bucket: str, steps: int | None) -> Window:
    """Return the window of this many steps; None means an hour, two days or a month."""
    window = BUCKETS[bucket]
    return replace(window, length=steps * window.step) if steps else window


# --- From counters


def _counted(project: Project, metric: str, window: Window, now: datetime) -> TimeSeries:
    series = series_of(project, window, now)
    # A decision subtracts one from the earlier status, perhaps in a step without messages.
    values: Values = [max(0, value) for value in series.of(metric)]
    return TimeSeries(window, series.starts, {metric: values})


def _by_category(project: Project, _metric: str, window: Window, now: datetime) -> TimeSeries:
    series = series_of(project, window, now)
    values = {category.value: series.of_category(category) for category in Category}
    lines: dict[str, Values] = {name: [*line] for name, line in values.items() if any(line)}
    return TimeSeries(window, series.starts, lines)


# --- From rows


def _violations_by_user(
    project: Project, _metric: str, window: Window, now: datetime
) -> TimeSeries:
    violations = ModerationLog.objects.filter(project=project, is_violation=True)
    return _of_names(violations, "user_id", Count("pk"), window, now)


def _channel_toxicity(project: Project, _metric: str, window: Window, now: datetime) -> TimeSeries:
    logs = ModerationLog.objects.filter(project=project)
    series = _of_names(logs, "channel_id", Avg("score"), window, now)
    return replace(series, unit="score")


def _of_names(
    logs: QuerySet[ModerationLog], field: str, figure: Any, window: Window, now: datetime
) -> TimeSeries:
    """Return a figure's line for each of the names with the most rows, the busiest first."""
    starts = starts_of(window, now)
    recent, cut = _newest(logs, starts[0], now)
    names = [name for name, _ in _busiest(recent, field)]
    steps = recent.filter(**{f"{field}__in": names}).annotate(step=step_of("created_at", window))
    places = places_of(window, starts)
    lines: dict[str, Values] = {name: [None] * len(starts) for name in names}
    rows = steps.values(field, "step").annotate(figure=figure)
    for name, step, value in rows.values_list(field, "step", "figure"):
        if step in places:
            lines[name][places[step]] = value if value is None else round(value, 4)
    return TimeSeries(window, starts, lines, complete_since=cut)


def _newest(
    logs: QuerySet[ModerationLog], since: datetime, now: datetime
) -> tuple[QuerySet[ModerationLog], datetime | None]:
    """Return the newest of the logs, and since when they are complete if some are cut off."""
    since, cut = _bounded(logs, "created_at", since)
    return logs.filter(created_at__gte=since, created_at__lte=now).order_by(), cut


def _busiest(logs: QuerySet[ModerationLog], field: str) -> list[tuple[str, int]]:
    """Return the names with the most rows, and how many."""
    counts = logs.values_list(field).annotate(rows=Count("created_at")).order_by("-rows", field)
    return list(counts[:MOST_NAMED])


def most_violations(
    project: Project, window: Window, now: datetime
) -> tuple[list[tuple[str, int]], bool]:
    """Return the authors with most violations, and whether only the newest were counted."""
    violations = ModerationLog.objects.filter(project=project, is_violation=True)
    recent, cut = _newest(violations, starts_of(window, now)[0], now)
    return _busiest(recent, "user_id"), cut is not None


@dataclass(frozen=True)
class ChannelMean:
    channel_id: str
    messages: int
    #: Mean score of its messages, 0 to 1.
    score: float


def channel_means(project: Project, window: Window, now: datetime) -> list[ChannelMean]:
    """Return the window's busiest channels, most toxic first, from at most MOST_ROWS messages."""
    logs = ModerationLog.objects.filter(project=project)
    recent, _ = _newest(logs, starts_of(window, now)[0], now)
    channels = recent.values("channel_id").annotate(rows=Count("pk"), mean=Avg("score"))
    rows = channels.order_by("-rows", "channel_id").values_list("channel_id", "rows", "mean")
    means = [ChannelMean(*row) for row in rows[:MOST_NAMED]]
    return sorted(means, key=lambda one: -one.score)


def _decision_time(project: Project, _metric: str, window: Window, now: datetime) -> TimeSeries:
    starts = starts_of(window, now)
    if window.step >= AN_HOUR:
        return medians(hours_within(starts, project, now, Part.DECISIONS), window, starts)
    decisions = Decision.objects.in_effect().filter(project=project)
    since, cut = _bounded(decisions, "decided_at", starts[0])
    decided = decisions.filter(decided_at__gte=since, decided_at__lte=now)
    waits: dict[int, list[float]] = defaultdict(list)
    for decided_at, opened_at in decided.values_list("decided_at", "review__created_at"):
        waited = (decided_at - opened_at).total_seconds()
        waits[(decided_at - starts[0]) // window.step].append(waited)
    return _medians(waits, window, starts, cut)


def _queue_age(project: Project, _metric: str, window: Window, now: datetime) -> TimeSeries:
    starts = starts_of(window, now)
    if window.step >= AN_HOUR:
        return oldest_waits(hours_within(starts, project, now, Part.CLOSED), project, window, now)
    decided = ReviewItem.objects.decided().filter(project=project)
    since, cut = _bounded(decided, "decided_at", starts[0])
    rows = decided.filter(decided_at__gte=since).values_list("decided_at", "created_at")
    closed = [(closed_at, opened_at) for closed_at, opened_at in rows if closed_at]
    return _oldest_waits(closed, project, window, now, cut)


def hours_within(
    starts: Sequence[datetime], project: Project, now: datetime, *parts: Part
) -> Hours:
    """Return the figures of each hour of the steps, with what happens at this very moment."""
    return figures_by_hour(project, Span(starts[0], now + timedelta.resolution), parts)


def medians(hours: Hours, window: Window, starts: list[datetime]) -> TimeSeries:
    """Return the median seconds from the opening of a review to its decision, exactly."""
    waits: dict[int, list[float]] = defaultdict(list)
    for hour, figures in hours.items():
        step = waits[(hour - starts[0]) // window.step]
        step += figures.waits[DECISION] + figures.waits[DECISION_ON_APPEAL]
    return _medians(waits, window, starts, None)


def _medians(
    waits: Mapping[int, list[float]], window: Window, starts: list[datetime], cut: datetime | None
) -> TimeSeries:
    values: Values = [
        round(median(waits[at]), 1) if waits.get(at) else None for at in range(len(starts))
    ]
    return TimeSeries(window, starts, {"decision_time": values}, "seconds", cut)


def oldest_waits(hours: Hours, project: Project, window: Window, now: datetime) -> TimeSeries:
    """Return how many seconds the oldest item had waited at each step's end; 0 if none waited.

    Of the items closed within an hour only the oldest can have been the oldest of all at the end of
    an earlier hour.
    """
    closed = [
        (hour, figures.oldest_closed) for hour, figures in hours.items() if figures.oldest_closed
    ]
    return _oldest_waits(closed, project, window, now, None)


def _oldest_waits(
    closed: Iterable[tuple[datetime, datetime]],
    project: Project,
    window: Window,
    now: datetime,
    cut: datetime | None,
) -> TimeSeries:
    """Count what was closed at the very end of a step as still waiting there.

    closed: when items were closed, or the hour of it if the steps are as long, and when opened.
    """
    starts, stays = starts_of(window, now), sorted(closed)
    oldest = ReviewItem.objects.open().filter(project=project).aggregate(at=Min("created_at"))["at"]
    values: Values = []
    for moment in reversed([min(start + window.step, now) for start in starts]):
        # Back in time: what was closed later still waited at this moment.
        while stays and stays[-1][0] >= moment and moment < now:
            opened_at = stays.pop()[1]
            oldest = min(oldest or opened_at, opened_at)
        waited = (moment - oldest).total_seconds() if oldest else 0.0
        values.append(max(0.0, round(waited, 1)))
    return TimeSeries(window, starts, {"queue_age": values[::-1]}, "seconds", cut)


def _bounded(rows: QuerySet[Any], moment: str, since: datetime) -> tuple[datetime, datetime | None]:
    """Return the time to read from for at most MOST_ROWS rows, and it again if it cuts rows off."""
    newest = rows.filter(**{f"{moment}__gte": since}).order_by(f"-{moment}")
    beyond = newest.values_list(moment, flat=True)[MOST_ROWS : MOST_ROWS + 1]
    cut: datetime | None = next(iter(beyond), None)
    return cut or since, cut


#: These metrics have a line for each name; the others have one line.
NAMED = frozenset({"by_category", "violations_by_user", "channel_toxicity"})
METRICS: Mapping[str, Callable[[Project, str, Window, datetime], TimeSeries]] = {
    **dict.fromkeys((TOTAL, APPROVED, REJECTED, FLAGGED), _counted),
    "by_category": _by_category,
    "violations_by_user": _violations_by_user,
    "channel_toxicity": _channel_toxicity,
    "decision_time": _decision_time,
    "queue_age": _queue_age,
}
