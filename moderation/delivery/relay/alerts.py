"""Notify staff of unusual volume, and of events that arrive late."""

from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import CharField, Min, Sum
from django.db.models.functions import Cast

from moderation.events.counters import TOTAL, hour_metric
from moderation.models import Counter, OutboxEvent, Project
from moderation.models.ids import first_id_of
from moderation.pipeline.notices import notify_project

#: How often the usual volume of an hour is unusual, and how many messages at least.
TIMES_USUAL = 5
LEAST_MESSAGES = 60
HOUR = timedelta(hours=1)
USUAL_OF = timedelta(days=7)
#: Fewer hours with messages do not show what is usual.
LEAST_HOURS = 24
#: An event that has waited so long is late.
LATE_AFTER = timedelta(seconds=30)
#: One notification of a kind to a project in this time.
REPEATED = HOUR


class Alerts:
    """Remembers who was notified of what; a new leader may repeat one notification."""

    def __init__(self) -> None:
        self._told_at: dict[tuple[str, int], datetime] = {}

    def watch_volume(self, now: datetime) -> None:
        """Notify each project whose last hour has over five times the messages of its median hour.

        The median is of the hours with messages in the last 7 days.
        """
        recent = Counter.objects.filter(metric=TOTAL, minute__gt=now - HOUR, minute__lte=now)
        sums = recent.values_list("project_id").annotate(messages=Sum("value"))
        for project_id, messages in sums.filter(messages__gte=LEAST_MESSAGES):
            usual = usual_volume(project_id, now)
            if usual and messages > TIMES_USUAL * usual:
                text = (
                    f"Unusual volume: {messages} messages in the last hour, "
                    f"{messages / usual:.0f} times as many as usual."
                )
                self._tell("volume", project_id, text, now)

    def watch_lag(self, now: datetime) -> None:
        """Notify each project whose events wait for their number too long."""
        late = OutboxEvent.objects.unnumbered().filter(id__lt=first_id_of(now - LATE_AFTER))
        # As text, because PostgreSQL has no least UUID.
        oldest = Min(Cast("id", CharField()))
        for project_id, id_ in late.values_list("project_id").annotate(oldest=oldest):
            seconds = int(now.timestamp() - (UUID(id_).int >> 80) / 1000)
            text = f"Live events arrive late: the oldest has waited for {seconds} seconds."
            self._tell("lag", project_id, text, now)

    def _tell(self, topic: str, project_id: int, text: str, now: datetime) -> None:
        told_at = self._told_at.get((topic, project_id))
        if told_at is not None and now - told_at < REPEATED:
            return
        self._told_at[topic, project_id] = now
        notify_project(Project.objects.get(pk=project_id), "warning", text, now=now)


def usual_volume(project_id: int, now: datetime) -> float:
    """Return the median of an hour's messages; 0 if too little is known."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    sums = Counter.objects.filter(
        project=project_id,
        metric=hour_metric(TOTAL),
        minute__gte=this_hour - USUAL_OF,
        minute__lt=this_hour,
        value__gt=0,
    )
    values = list(sums.values_list("value", flat=True))
    return float(median(values)) if len(values) >= LEAST_HOURS else 0.0
