"""Insights: a project's figures over days and weeks, as charts with tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation.engine.matches import Category
from moderation.events.counters import APPROVED, FLAGGED, REJECTED
from moderation.models import Project
from moderation.pages.shell import PageContext, ProjectPage
from moderation.queries.series import (
    MONTH,
    TWO_DAYS,
    WEEK_BY_DAY,
    Series,
    Window,
    series_of,
    starts_of,
)
from reviews.reporting.hours import Part
from reviews.reporting.timeseries import (
    Values,
    channel_means,
    hours_within,
    medians,
    most_violations,
    oldest_waits,
)

WINDOWS = {window.key: window for window in (TWO_DAYS, WEEK_BY_DAY, MONTH)}
STATUSES = (APPROVED, FLAGGED, REJECTED)
#: A status has the colour of the verdict that leads to it.
FILLS = {APPROVED: "allow", FLAGGED: "flag", REJECTED: "block"}
#: More lines than this are hard to tell apart.
MOST_CATEGORIES = 4
NO_VALUE = "–"


@dataclass(frozen=True)
class Line:
    name: str
    values: Sequence[float | None]
    fill: str = ""

    @property
    def total(self) -> float:
        return sum(value or 0 for value in self.values)


@dataclass(frozen=True)
class Chart:
    starts: list[datetime]
    lines: list[Line]

    @property
    def rows(self) -> Iterable[tuple[datetime, list[str]]]:
        """The table, newest first; its first row is the step still running."""
        steps = zip(*(line.values for line in self.lines), strict=True)
        cells = [[NO_VALUE if value is None else f"{value:g}" for value in step] for step in steps]
        return list(zip(self.starts, cells, strict=True))[::-1]

    @property
    def total(self) -> float:
        return sum(line.total for line in self.lines)


class Insights(ProjectPage):
    """GET /p/{slug}/insights?window=48h|7d|30d"""

    place = "Insights"

    def get(self, request: HttpRequest) -> HttpResponse:
        window = WINDOWS.get(request.GET.get("window", ""), WEEK_BY_DAY)
        now = timezone.now()
        series = series_of(self.project, window, now)
        statuses = status_chart(series)
        waits = wait_chart(self.project, window, now)
        authors, is_cut = most_violations(self.project, window, now)
        channels = channel_means(self.project, window, now)
        context: PageContext = {
            "window": window,
            "windows": WINDOWS.values(),
            "statuses": statuses,
            "shares": shares(statuses),
            "categories": category_chart(series),
            "waits": waits,
            "median_seconds": middle(waits.lines[0].values),
            "waiting_seconds": 3600 * (waits.lines[1].values[-1] or 0),
            "authors": authors,
            "channels": channels,
            "is_cut": is_cut,
        }
        return self.render("reviews/insights.html", context)


def status_chart(series: Series) -> Chart:
    # A decision subtracts one from the earlier status, perhaps in a step without messages.
    lines = [
        Line(name, [max(0, value) for value in series.of(name)], FILLS[name]) for name in STATUSES
    ]
    return Chart(series.starts, lines)


def category_chart(series: Series) -> Chart:
    found = {category.value: series.of_category(category) for category in Category}
    lines = [Line(name, values) for name, values in found.items() if any(values)]
    lines.sort(key=lambda line: -line.total)
    shown = [replace(line, fill=str(at)) for at, line in enumerate(lines[:MOST_CATEGORIES], 1)]
    return Chart(series.starts, shown)


def wait_chart(project: Project, window: Window, now: datetime) -> Chart:
    """Return the median time to a decision and the age of the oldest item, in hours."""
    starts = starts_of(window, now)
    hours_ = hours_within(starts, project, now, Part.DECISIONS, Part.CLOSED)
    decided = medians(hours_, window, starts)
    oldest = oldest_waits(hours_, project, window, now)
    lines = [
        Line(_("median time to decide"), hours(decided.lines["decision_time"])),
        Line(_("oldest waiting"), hours(oldest.lines["queue_age"])),
    ]
    return Chart(decided.starts, lines)


def hours(values: Values) -> Values:
    return [None if value is None else round(value / 3600, 2) for value in values]


def shares(chart: Chart) -> list[tuple[str, float, float]]:
    """Return each line's name, total and percentage of all lines."""
    total = chart.total or 1
    return [(line.name, line.total, 100 * line.total / total) for line in chart.lines]


def middle(values: Sequence[float | None]) -> float | None:
    """Return the median of values in hours, as seconds; None if there are none."""
    seconds = [3600 * value for value in values if value is not None]
    return median(seconds) if seconds else None
