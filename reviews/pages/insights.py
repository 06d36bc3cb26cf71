"""Insights: how a project's figures went over days and weeks, each chart with its table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from moderation.models import Project
from moderation.pages.shell import ProjectPage
from moderation.queries import MONTH, TWO_DAYS, WEEK, Window
from moderation.statistics import APPROVED, FLAGGED, REJECTED
from reviews.timeseries import Values, channel_means, time_series

WINDOWS = {window.key: window for window in (TWO_DAYS, WEEK, MONTH)}
STATUSES = (APPROVED, FLAGGED, REJECTED)
#: Statuses look like the verdicts that lead to them.
FILLS = {APPROVED: "allow", FLAGGED: "flag", REJECTED: "block"}
#: More lines than these nobody tells apart.
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
        """The table, newest first; its first row is not over yet."""
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
        window = WINDOWS.get(request.GET.get("window", ""), WEEK)
        now = timezone.now()
        statuses = status_chart(self.project, window, now)
        waits = wait_chart(self.project, window, now)
        authors, is_cut = violators(self.project, window, now)
        channels = channel_means(self.project, window, now)
        context: dict[str, Any] = {
            "window": window,
            "windows": WINDOWS.values(),
            "statuses": statuses,
            "shares": shares(statuses),
            "categories": category_chart(self.project, window, now),
            "waits": waits,
            "median_seconds": middle(waits.lines[0].values),
            "waiting_seconds": 60 * (waits.lines[1].values[-1] or 0),
            "authors": authors,
            "channels": channels,
            "is_cut": is_cut,
        }
        return self.render("reviews/insights.html", context)


def status_chart(project: Project, window: Window, now: datetime) -> Chart:
    found = {status: time_series(project, status, window, now) for status in STATUSES}
    lines = [Line(name, one.lines[name], FILLS[name]) for name, one in found.items()]
    return Chart(found[APPROVED].starts, lines)


def category_chart(project: Project, window: Window, now: datetime) -> Chart:
    found = time_series(project, "by_category", window, now)
    lines = sorted((Line(*one) for one in found.lines.items()), key=lambda line: -line.total)
    return Chart(found.starts, lines[:MOST_CATEGORIES])


def wait_chart(project: Project, window: Window, now: datetime) -> Chart:
    """Return the median time to a decision and the age of the oldest item, in minutes."""
    decided = time_series(project, "decision_time", window, now)
    oldest = time_series(project, "queue_age", window, now)
    lines = [
        Line("median time to decide", minutes(decided.lines["decision_time"])),
        Line("oldest waiting", minutes(oldest.lines["queue_age"])),
    ]
    return Chart(decided.starts, lines)


def minutes(values: Values) -> Values:
    return [None if value is None else round(value / 60, 1) for value in values]


def shares(chart: Chart) -> list[tuple[str, float, float]]:
    """Return each line's name, sum and percentage of all."""
    total = chart.total or 1
    return [(line.name, line.total, 100 * line.total / total) for line in chart.lines]


def middle(values: Sequence[float | None]) -> float | None:
    """Return the median of the minutes that there are, in seconds."""
    found = [60 * value for value in values if value is not None]
    return median(found) if found else None


def violators(
    project: Project, window: Window, now: datetime
) -> tuple[list[tuple[str, int]], bool]:
    """Return who violated most and how often, and whether only the newest rows were counted."""
    found = time_series(project, "violations_by_user", window, now)
    counts = [(name, int(sum(value or 0 for value in line))) for name, line in found.lines.items()]
    return counts, found.complete_since is not None
