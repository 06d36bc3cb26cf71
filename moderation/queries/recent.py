"""A project's statistics over a window and its events after a number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from moderation.events.counters import (
    APPROVED,
    FLAGGED,
    REJECTED,
    TOTAL,
    Stats,
    hour_metric,
    stats_of,
    totals_of,
)
from moderation.events.stale_hours import hour_of
from moderation.models import Counter, OutboxEvent, Project
from moderation.models.events import Audience

#: docs/figures.md
HOUR = timedelta(hours=1)
STATS_WINDOWS: Mapping[str, timedelta] = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


def stats_within(project: Project, length: timedelta, now: datetime) -> Stats:
    """Return the statistics of the time that ends now; `open_reviews` is always the current one."""
    counted = (TOTAL, APPROVED, REJECTED, FLAGGED)
    # After the minute in which the window begins, up to the present one.
    instant = timedelta.resolution
    sums = sums_between(project, counted, now - length + instant, now + instant)
    # A message decided in the window may be older than it, so a sum may fall below 0.
    within = {metric: max(0, sums.get(metric, 0)) for metric in counted}
    return stats_of(project, {**totals_of(project), **within})


def sums_between(
    project: Project, metrics: Iterable[str], since: datetime, until: datetime
) -> dict[str, int]:
    """Return what the counters of minutes added up from `since` to `until`, exclusive.

    Whole hours are read from their own sums: half a year has too many minutes.
    """
    by_hour = {hour_metric(metric): metric for metric in metrics}
    start, end = hour_of(since), hour_of(until)
    if start != since:
        start = until if until - start < HOUR else start + HOUR
    end = max(start, end)
    counters = Counter.objects.filter(
        Q(metric__in=[*by_hour], minute__gte=start, minute__lt=end)
        | Q(metric__in=[*by_hour.values()], minute__gte=since, minute__lt=start)
        | Q(metric__in=[*by_hour.values()], minute__gte=end, minute__lt=until),
        project=project,
    )
    sums: dict[str, int] = defaultdict(int)
    rows = counters.order_by().values_list("metric").annotate(sum=Sum("value"))
    for metric, value in rows:
        sums[by_hour.get(metric, metric)] += value
    return sums


@dataclass(frozen=True)
class EventPage:
    """Events in the order of their numbers."""

    events: list[OutboxEvent]
    has_more: bool
    #: The last number given to an event of the project.
    last_seq: int
    #: Whether some events after the number were deleted.
    is_gap: bool


def events_after(project: Project, seq: int, limit: int) -> EventPage:
    """Return the project's next events after a number."""
    last_seq = Project.objects.values_list("last_seq", flat=True).get(pk=project.pk)
    stored = OutboxEvent.objects.filter(project=project, audience=Audience.INTERNAL)
    page = stored.filter(seq__gt=seq, seq__lte=last_seq).select_related("project").order_by("seq")
    events = list(page[: limit + 1])
    next_seq = events[0].seq if events else last_seq + 1
    is_gap = seq < last_seq and next_seq != seq + 1
    return EventPage(events[:limit], len(events) > limit, last_seq, is_gap)
