"""Add up what happened in each hour; the relay's leader does it now and then."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, Q

from moderation.events.stale_hours import hour_of, mark_all_stale
from moderation.models import (
    Ban,
    HourlyFigures,
    ModerationLog,
    Project,
    StaleHour,
    Strike,
    SummedSpan,
)
from moderation.models.events import ALL_TIME
from reviews.models import Appeal, Decision, Report, ReviewItem
from reviews.reporting.hours import HOUR, WAITS, Span, count_hours, packed

logger = logging.getLogger(__name__)

#: An hour is added up this long after its end: what began in it is committed by then.
GRACE = timedelta(minutes=10)
#: How much of a project's past is added up in one transaction, and how many stale hours.
CHUNK, MOST_STALE = timedelta(days=2), 50
#: For one run; the relay has events to number as well.
MOST_SECONDS = 0.5
#: Everything that an hour counts, and when it happened.
COUNTED = (
    (ModerationLog, "created_at"), (Strike, "given_at"), (Ban, "issued_at"),
    (Decision, "decided_at"), (ReviewItem, "decided_at"), (Report, "created_at"),
    (Appeal, "created_at"), (HourlyFigures, "hour"),
)  # fmt: skip


def sum_hours(now: datetime) -> None:
    """Add up the hours that are over or stale, for half a second at most.

    A project that fails is logged and stops no other.
    """
    until = time.monotonic() + MOST_SECONDS
    for project in unsummed_projects(now):
        has_more = True
        while has_more:
            try:
                has_more = sum_some(project, now)
            except Exception:
                logger.exception("Hours were not added up", extra={"project": project.slug})
                has_more = False
            if time.monotonic() > until:
                return


def rebuild(project: Project, now: datetime) -> int:
    """Add up every hour of a project again, while others go on; return how many have figures."""
    mark_all_stale(project)
    while sum_some(project, now):
        pass
    return HourlyFigures.objects.filter(project=project).count()


def unsummed_projects(now: datetime) -> list[Project]:
    """Return the projects with hours that are over or stale, but not added up."""
    stale = StaleHour.objects.values("project")
    summed = SummedSpan.objects.filter(since=ALL_TIME, until__gte=newest_of(now)).values("pk")
    return list(Project.objects.live().filter(Q(pk__in=stale) | ~Q(pk__in=summed)).order_by("pk"))


def newest_of(now: datetime) -> datetime:
    """Return the end of the newest hour that can be added up."""
    return hour_of(now - GRACE)


@transaction.atomic
def sum_some(project: Project, now: datetime) -> bool:
    """Add up some of the project's hours; return whether there are more."""
    newest = newest_of(now)
    SummedSpan.objects.get_or_create(project=project, defaults={"since": newest, "until": newest})
    # The row's lock: should two processes lead for a moment, one waits for the other.
    summed = SummedSpan.objects.select_for_update().get(project=project)
    # Marks are read before the rows. One that comes later stays for the next time, and each goes
    # only with the count that has seen its change.
    marks = StaleHour.objects.filter(project=project)
    if marks.filter(hour=None).exists():
        stale = dict(marks.values_list("pk", "hour"))
        summed.since = summed.until = newest
    else:
        hours = marks.order_by("hour").values_list("hour", flat=True).distinct()[:MOST_STALE]
        stale = dict(marks.filter(hour__in=list(hours)).values_list("pk", "hour"))
    spans = [
        Span(hour, hour + HOUR)
        for hour in {*stale.values()}
        if hour is not None and summed.since <= hour < summed.until
    ]
    if summed.until < newest:
        until = min(newest, summed.until + CHUNK)
        spans.append(Span(summed.until, until))
        summed.until = until
    if summed.since != ALL_TIME:
        first = first_hour(project)
        since = max(first, summed.since - CHUNK) if first else summed.since
        spans.append(Span(since, summed.since))
        summed.since = ALL_TIME if first is None or since <= first else since
    store(project, spans)
    summed.save()
    marks.filter(pk__in=stale).delete()
    return summed.since != ALL_TIME or summed.until < newest or marks.exists()


def first_hour(project: Project) -> datetime | None:
    """Return the hour of the oldest row that counts; None without any."""
    moments = (
        model._default_manager.filter(project=project).aggregate(first=Min(moment))["first"]
        for model, moment in COUNTED
    )
    return min((hour_of(moment) for moment in moments if moment), default=None)


def store(project: Project, spans: Iterable[Span]) -> None:
    """Count the spans, which are whole hours, and replace what was stored of them."""
    spans = list(spans)
    counted = count_hours(project, spans)
    for span in spans:
        stored = HourlyFigures.objects.filter(project=project, hour__gte=span.since)
        stored.filter(hour__lt=span.until).delete()
    HourlyFigures.objects.bulk_create(
        HourlyFigures(
            project=project,
            hour=hour,
            counts={name: count for name, count in figures.counts.items() if count},
            **{name: packed(figures.waits[name]) for name in WAITS},
            oldest_closed=figures.oldest_closed,
        )
        for hour, figures in counted.items()
    )
