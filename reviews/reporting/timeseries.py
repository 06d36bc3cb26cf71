"""A project's figures over time, metric by metric (docs/figures.md, "Figures")."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
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
    since, cut = _bounded(logs, "created_at", starts[0])
    recent = logs.filter(created_at__gte=since, created_at__lte=now).order_by()
    busiest = recent.values(field).annotate(rows=Count("pk")).order_by("-rows", field)
    names = [row[field] for row in busiest[:MOST_NAMED]]
    steps = recent.filter(**{f"{field}__in": names}).annotate(step=step_of("created_at", window))
    places = places_of(window, starts)
    lines: dict[str, Values] = {name: [None] * len(starts) for name in names}
    rows = steps.values(field, "step").annotate(figure=figure)
    for name, step, value in rows.values_list(field, "step", "figure"):
        if step in places:
            lines[name][places[step]] = value if value is None else round(value, 4)
    return TimeSeries(window, starts, lines, complete_since=cut)


@dataclass(frozen=True)
class ChannelMean:
    channel_id: str
    messages: int
    #: Mean score of its messages, 0 to 1.
    score: float


def channel_means(project: Project, window: Window, now: datetime) -> list[ChannelMean]:
    """Return the window's busiest channels, most toxic first, from at most MOST_ROWS messages."""
    logs = ModerationLog.objects.filter(project=project)
    since, _ = _bounded(logs, "created_at", starts_of(window, now)[0])
    recent = logs.filter(created_at__gte=since, created_at__lte=now).order_by()
    channels = recent.values("channel_id").annotate(rows=Count("pk"), mean=Avg("score"))
    rows = channels.order_by("-rows", "channel_id").values_list("channel_id", "rows", "mean")
    means = [ChannelMean(*row) for row in rows[:MOST_NAMED]]
    return sorted(means, key=lambda one: -one.score)


def _decision_time(project: Project, metric: str, window: Window, now: datetime) -> TimeSeries:
    """Return the median seconds from the opening of a review to its decision."""
    starts = starts_of(window, now)
    decisions = Decision.objects.in_effect().filter(project=project)
    since, cut = _bounded(decisions, "decided_at", starts[0])
    decided = decisions.filter(decided_at__gte=since, decided_at__lte=now)
    waits: dict[int, list[float]] = defaultdict(list)
    for decided_at, opened_at in decided.values_list("decided_at", "review__created_at"):
        waits[(decided_at - starts[0]) // window.step].append(
            (decided_at - opened_at).total_seconds()
        )
    values: Values = [
        round(median(waits[at]), 1) if at in waits else None for at in range(len(starts))
    ]
    return TimeSeries(window, starts, {metric: values}, "seconds", cut)


def _queue_age(project: Project, metric: str, window: Window, now: datetime) -> TimeSeries:
    """Return how many seconds the oldest item had waited at each step's end; 0 if none waited."""
    starts = starts_of(window, now)
    items = ReviewItem.objects.filter(project=project)
    since, cut = _bounded(items.decided(), "decided_at", starts[0])
    oldest_open = items.open().aggregate(oldest=Min("created_at"))["oldest"]
    decided = items.decided().filter(decided_at__gte=since).values_list("created_at", "decided_at")
    stays = [(opened, over) for opened, over in decided if over]
    if oldest_open:
        # It still waits, so no younger open item was ever the oldest.
        stays.append((oldest_open, now + window.step))
    # Sweep over the steps: `coming` holds later stays, `waiting` the present ones, oldest first.
    coming, waiting = sorted(stays, reverse=True), list[tuple[datetime, datetime]]()
    values: Values = []
    for moment in (min(start + window.step, now) for start in starts):
        while coming and coming[-1][0] <= moment:
            heapq.heappush(waiting, coming.pop())
        while waiting and waiting[0][1] <= moment:
            heapq.heappop(waiting)
        waited = (moment - waiting[0][0]).total_seconds() if waiting else 0.0
        values.append(round(waited, 1))
    return TimeSeries(window, starts, {metric: values}, "seconds", cut)


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
