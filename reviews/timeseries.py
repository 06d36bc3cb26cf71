"""How a project's figures went, metric by metric (CONTRACT section 3, "stats/timeseries")."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Avg, Count, Min, QuerySet

from moderation.engine.matches import Category
from moderation.models import ModerationLog, Project
from moderation.queries import (
    HOUR,
    MONTH,
    TWO_DAYS,
    Window,
    places_of,
    series_of,
    starts_of,
    step_of,
)
from moderation.statistics import APPROVED, FLAGGED, REJECTED, TOTAL
from reviews.models import Decision, ReviewItem

BUCKETS: Mapping[str, Window] = {"minute": HOUR, "hour": TWO_DAYS, "day": MONTH}
MOST_STEPS = 1000
#: Authors and channels are named up to so many, the busiest.
MOST_NAMED = 10
#: Rows that are read where no counter has the figure: of more, only the newest are told.
MOST_ROWS = 50_000

#: A value for each step; None where there is none.
Values = list[float | None]


@dataclass(frozen=True)
class TimeSeries:
    """Lines over the same steps, oldest first; the last step is not over yet."""

    window: Window
    starts: list[datetime]
    lines: Mapping[str, Values]
    #: What the values are: messages, seconds, or a score from 0 to 1.
    unit: str = "messages"
    #: From when on every row was counted; steps before that tell too little.
    complete_since: datetime | None = None


def time_series(project: Project, metric: str, window: Window, now: datetime) -> TimeSeries:
    """Return one of METRICS over the window that ends now."""
    return METRICS[metric](project, metric, window, now)


def window_of(bucket: str, steps: int | None) -> Window:
    """Return the window of so many steps of a bucket's length; None: an hour, two days, a month."""
    window = BUCKETS[bucket]
    return replace(window, length=steps * window.step) if steps else window


# --- From counters


def _counted(project: Project, metric: str, window: Window, now: datetime) -> TimeSeries:
    series = series_of(project, window, now)
    # A decision takes one from the status before, perhaps in a step in which none came.
    values: Values = [max(0, value) for value in series.of(metric)]
    return TimeSeries(window, series.starts, {metric: values})


def _by_category(project: Project, metric: str, window: Window, now: datetime) -> TimeSeries:
    series = series_of(project, window, now)
    found = {category.value: series.of_category(category) for category in Category}
    lines: dict[str, Values] = {name: [*values] for name, values in found.items() if any(values)}
    return TimeSeries(window, series.starts, lines)


# --- From rows


def _violations_by_user(project: Project, metric: str, window: Window, now: datetime) -> TimeSeries:
    violations = ModerationLog.objects.filter(project=project, is_violation=True)
    return _of_names(violations, "user_id", Count("pk"), window, now)


def _channel_toxicity(project: Project, metric: str, window: Window, now: datetime) -> TimeSeries:
    logs = ModerationLog.objects.filter(project=project)
    found = _of_names(logs, "channel_id", Avg("score"), window, now)
    return replace(found, unit="score")


def _of_names(
    logs: QuerySet[ModerationLog], field: str, figure: Any, window: Window, now: datetime
) -> TimeSeries:
    """Return a figure for each of the names that stand in most rows, the busiest first."""
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
    """Return the busiest channels of the window, the most toxic first; of MOST_ROWS messages."""
    logs = ModerationLog.objects.filter(project=project)
    since, _ = _bounded(logs, "created_at", starts_of(window, now)[0])
    recent = logs.filter(created_at__gte=since, created_at__lte=now).order_by()
    found = recent.values("channel_id").annotate(rows=Count("pk"), mean=Avg("score"))
    rows = found.order_by("-rows", "channel_id").values_list("channel_id", "rows", "mean")
    means = [ChannelMean(*row) for row in rows[:MOST_NAMED]]
    return sorted(means, key=lambda one: -one.score)


def _decision_time(project: Project, metric: str, window: Window, now: datetime) -> TimeSeries:
    """Return the median time from the opening of a review to its decision."""
    starts = starts_of(window, now)
    standing = Decision.objects.standing().filter(project=project)
    since, cut = _bounded(standing, "decided_at", starts[0])
    decided = standing.filter(decided_at__gte=since, decided_at__lte=now)
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
    """Return how long the oldest item had waited at the end of each step; 0 where none waited."""
    starts = starts_of(window, now)
    items = ReviewItem.objects.filter(project=project)
    since, cut = _bounded(items.decided(), "decided_at", starts[0])
    oldest_open = items.open().aggregate(oldest=Min("created_at"))["oldest"]
    decided = items.decided().filter(decided_at__gte=since).values_list("created_at", "decided_at")
    stays = [(opened, over) for opened, over in decided if over]
    if oldest_open:
        # It waits still, so that no younger open one was ever the oldest.
        stays.append((oldest_open, now + window.step))
    values: Values = [*_oldest(stays, [min(start + window.step, now) for start in starts])]
    return TimeSeries(window, starts, {metric: values}, "seconds", cut)


def _oldest(
    stays: Iterable[tuple[datetime, datetime]], moments: Iterable[datetime]
) -> Iterable[float]:
    """Yield for each moment how many seconds the oldest that was there then had been there."""
    coming = sorted(stays, reverse=True)
    waiting: list[tuple[datetime, datetime]] = []
    for moment in moments:
        while coming and coming[-1][0] <= moment:
            heapq.heappush(waiting, coming.pop())
        while waiting and waiting[0][1] <= moment:
            heapq.heappop(waiting)
        yield round((moment - waiting[0][0]).total_seconds(), 1) if waiting else 0.0


def _bounded(rows: QuerySet[Any], moment: str, since: datetime) -> tuple[datetime, datetime | None]:
    """Return from when on to read, at most MOST_ROWS rows; twice if that is later than asked."""
    newest = rows.filter(**{f"{moment}__gte": since}).order_by(f"-{moment}")
    beyond = newest.values_list(moment, flat=True)[MOST_ROWS : MOST_ROWS + 1]
    cut: datetime | None = next(iter(beyond), None)
    return cut or since, cut


#: These have a line for each name; the others have one.
NAMED = frozenset({"by_category", "violations_by_user", "channel_toxicity"})
METRICS: Mapping[str, Callable[[Project, str, Window, datetime], TimeSeries]] = {
    **dict.fromkeys((TOTAL, APPROVED, REJECTED, FLAGGED), _counted),
    "by_category": _by_category,
    "violations_by_user": _violations_by_user,
    "channel_toxicity": _channel_toxicity,
    "decision_time": _decision_time,
    "queue_age": _queue_age,
}
