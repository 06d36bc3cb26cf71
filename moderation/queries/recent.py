"""What happened lately: a project's figures over a window, its events after a number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, Sum

from moderation.models import Counter, OutboxEvent, Project
from moderation.models.events import Audience
from moderation.statistics import (
    APPROVED,
    FLAGGED,
    REJECTED,
    TOTAL,
    hour_metric,
    shown_stats,
    totals_of,
)

#: CONTRACT section 3, "GET stats".
STATS_WINDOWS: Mapping[str, timedelta] = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


def stats_within(project: Project, length: timedelta, now: datetime) -> dict[str, Any]:
    """Return the payload of `stats_update` for the time that ends now; what is open stays so."""
    counted = (TOTAL, APPROVED, REJECTED, FLAGGED)
    sums = _sums(project, counted, now - length, now)
    # What was ruled in the window may have come before it, so that for once a sum may be below 0.
    within = {metric: max(0, sums.get(metric, 0)) for metric in counted}
    return shown_stats(project, {**totals_of(project), **within})


def _sums(
    project: Project, metrics: Iterable[str], since: datetime, now: datetime
) -> dict[str, int]:
    """Add up what was counted after `since`: hours by their sums, the first by its minutes."""
    hour = since.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    by_hour = {hour_metric(metric): metric for metric in metrics}
    counters = Counter.objects.filter(
        Q(metric__in=[*metrics], minute__gt=since, minute__lt=min(hour, now))
        | Q(metric__in=[*by_hour], minute__gte=hour, minute__lte=now),
        project=project,
    )
    sums: dict[str, int] = defaultdict(int)
    for metric, value in counters.values_list("metric").annotate(sum=Sum("value")):
        sums[by_hour.get(metric, metric)] += value
    return sums


@dataclass(frozen=True)
class EventPage:
    """Events in the order of their numbers."""

    events: list[OutboxEvent]
    has_more: bool
    #: The last number given to an event of the project.
    last_seq: int
    #: Whether events after the number are no longer kept.
    is_gap: bool


def events_after(project: Project, seq: int, limit: int) -> EventPage:
    """Return the project's next events after a number."""
    last_seq = Project.objects.values_list("last_seq", flat=True).get(pk=project.pk)
    kept = OutboxEvent.objects.filter(project=project, audience=Audience.HOUSE)
    found = kept.filter(seq__gt=seq, seq__lte=last_seq).select_related("project").order_by("seq")
    events = list(found[: limit + 1])
    next_seq = events[0].seq if events else last_seq + 1
    is_gap = seq < last_seq and next_seq != seq + 1
    return EventPage(events[:limit], len(events) > limit, last_seq, is_gap)
