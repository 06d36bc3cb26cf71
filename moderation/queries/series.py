"""A project's statistics over the last hour, day, week or month, step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum, TextField
from django.db.models.functions import Cast, Substr

from moderation.engine.matches import Category
from moderation.engine.verdict.verdict import VerdictKind
from moderation.events.counters import (
    METRICS,
    TOTAL,
    category_metric,
    hour_metric,
    totals_of,
    verdict_metric,
)
from moderation.lib.languages import gettext_lazy as _
from moderation.models import Counter, Project
from moderation.queries.overview import TALLIED

CHARTED = [*METRICS, *TALLIED.values(), *map(category_metric, Category)]


@dataclass(frozen=True)
class Window:
    """How far back the statistics go, and in which steps."""

    key: str
    #: After "the last", in words and in short.
    name: str
    short_name: str
    length: timedelta
    step: timedelta
    #: A step in words, after a number ("86 a minute") and alone ("the last full minute").
    per_step: str
    step_name: str
    #: The format of a step's time on the page (`when`, in the template tags).
    time_style: str
    #: How many characters the minutes of a step share, written as 2026-03-02 12:34.
    shared: int


HOUR = Window(
    "1h", _("hour"), _("1 h"), timedelta(hours=1),
    timedelta(minutes=1), _("a minute"), _("minute"), "minute", 16,
)  # fmt: skip
DAY = Window(
    "24h", _("24 hours"), _("24 h"), timedelta(days=1),
    timedelta(minutes=10), _("in ten minutes"), _("ten minutes"), "minute", 15,
)  # fmt: skip
WEEK = Window(
    "7d",
    _("7 days"),
    _("7 d"),
    timedelta(days=7),
    timedelta(hours=1),
    _("an hour"),
    _("hour"),
    "day",
    13,
)
TWO_DAYS = Window(
    "48h",
    _("48 hours"),
    _("48 h"),
    timedelta(days=2),
    timedelta(hours=1),
    _("an hour"),
    _("hour"),
    "day",
    13,
)
MONTH = Window(
    "30d",
    _("30 days"),
    _("30 d"),
    timedelta(days=30),
    timedelta(days=1),
    _("a day"),
    _("day"),
    "date",
    10,
)
WEEK_BY_DAY = Window(
    "7d",
    _("7 days"),
    _("7 d"),
    timedelta(days=7),
    timedelta(days=1),
    _("a day"),
    _("day"),
    "date",
    10,
)
WINDOWS: Mapping[str, Window] = {window.key: window for window in (HOUR, DAY, WEEK)}


@dataclass(frozen=True)
class Series:
    """The statistics step by step, oldest first; the last step is not over yet."""

    window: Window
    starts: list[datetime]
    sums: Mapping[str, list[int]]
    #: The current totals of all time.
    totals: Mapping[str, int]

    def of(self, metric: str) -> list[int]:
        """Return the count of each step; below zero if more was reverted than counted."""
        return self.sums.get(metric, [0] * len(self.starts))

    def of_verdict(self, verdict: str) -> list[int]:
        """Return the messages with the verdict; an edit may subtract one that was counted."""
        if verdict != VerdictKind.ALLOW:
            return [max(0, value) for value in self.of(verdict_metric(verdict))]
        others = [self.of(metric) for metric in TALLIED.values()]
        return [
            max(0, total - sum(rest)) for total, *rest in zip(self.of(TOTAL), *others, strict=True)
        ]

    def of_category(self, category: str) -> list[int]:
        return [max(0, value) for value in self.of(category_metric(category))]

    def levels_of(self, metric: str) -> list[int]:
        """Return the level at the end of each step."""
        level, levels = self.totals.get(metric, 0), []
        for change in reversed(self.of(metric)):
            levels.append(max(0, level))
            level -= change
        return levels[::-1]


def series_of(project: Project, window: Window, now: datetime) -> Series:
    """Return the charted statistics of the window that ends now."""
    starts = starts_of(window, now)
    places = places_of(window, starts)
    # Steps of whole hours are added up from the hourly sums.
    is_hourly = window.step % timedelta(hours=1) == timedelta(0)
    names = {hour_metric(name) if is_hourly else name: name for name in CHARTED}
    counters = Counter.objects.filter(project=project, metric__in=[*names], minute__gte=starts[0])
    by_step = counters.annotate(step=step_of("minute", window)).values("metric", "step")
    rows = by_step.annotate(sum=Sum("value")).values_list("metric", "step", "sum")
    sums: dict[str, list[int]] = {}
    for metric, step, value in rows:
        if step in places:
            sums.setdefault(names[metric], [0] * len(starts))[places[step]] = value
    return Series(window, starts, sums, totals_of(project))


def places_of(window: Window, starts: Sequence[datetime]) -> dict[str, int]:
    """Return the steps' places by the beginning that all texts of their moments share."""
    return {f"{start:%Y-%m-%d %H:%M}"[: window.shared]: at for at, start in enumerate(starts)}


def step_of(field: str, window: Window) -> Substr:
    """Return an expression for the beginning of a moment's text that its whole step shares."""
    # Truncating the moment would call a Python function in SQLite, which takes a second for the
    # counters of a busy week.
    return Substr(Cast(field, TextField()), 1, window.shared)


def starts_of(window: Window, now: datetime) -> list[datetime]:
    """Return the starts of the steps of the window that ends now; the last is not over yet."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    newest = now - (now - midnight) % window.step
    steps = window.length // window.step
    return [newest - back * window.step for back in reversed(range(steps))]
