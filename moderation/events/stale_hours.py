"""Mark the hours whose figures must be added up again, because a row of theirs has changed."""

from collections.abc import Iterable
from datetime import datetime

from moderation.models import Project, StaleHour


def hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def mark_stale(project: Project, moments: Iterable[datetime], now: datetime | None = None) -> None:
    """Mark the hours of these moments, in the transaction that changes what happened then.

    now: hours from this one on are left out, because they are not added up yet; None marks all.
    """
    hours = {hour_of(moment) for moment in moments}
    if now is not None:
        hours = {hour for hour in hours if hour < hour_of(now)}
    StaleHour.objects.bulk_create(StaleHour(project=project, hour=hour) for hour in sorted(hours))


def mark_all_stale(project: Project) -> None:
    """Have every hour of a project added up again, as after an import of old rows."""
    StaleHour.objects.create(project=project, hour=None)
