"""The data of a chart: its lines, its table, and the numbers in its caption."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from moderation.engine.matches import Category
from moderation.engine.verdict.verdict import KIND_ORDER, VerdictKind
from moderation.events.counters import APPROVED, FLAGGED, OPEN_REVIEWS, REJECTED, TOTAL
from moderation.queries.series import Series, Window

#: More lines than this are hard to tell apart.
MOST_CATEGORIES = 4
#: The viewBox of a sparkline, with room for the stroke.
SPARK_WIDTH, SPARK_TOP, SPARK_FOOT = 100, 3, 22


@dataclass(frozen=True)
class Line:
    name: str
    values: list[int]

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True)
class Chart:
    window: Window
    starts: list[datetime]
    lines: list[Line]

    @property
    def rows(self) -> list[tuple[datetime, list[str]]]:
        """The table, newest first; its first row is the step still running."""
        # As text, because formatting a number takes a template longer than the rest of the cell.
        steps = [list(map(str, step)) for step in self._steps()]
        return list(zip(self.starts, steps, strict=True))[::-1]

    @property
    def sums(self) -> list[int]:
        return [sum(step) for step in self._steps()]

    def _steps(self) -> Iterable[tuple[int, ...]]:
        return zip(*(line.values for line in self.lines), strict=True)

    @property
    def total(self) -> int:
        return sum(self.sums)

    @property
    def current(self) -> tuple[int, datetime]:
        """The count of the step still running, and when it began."""
        return self.sums[-1], self.starts[-1]

    @property
    def last(self) -> int:
        """The count of the last complete step."""
        return self.sums[-2]

    @property
    def median(self) -> int:
        """The median count of the complete steps."""
        return round(median(self.sums[:-1]))

    @property
    def most(self) -> tuple[int, datetime]:
        return max(zip(self.sums, self.starts, strict=True), key=lambda step: step[0])

    @property
    def leader(self) -> Line:
        return max(self.lines, key=lambda line: line.total)

    @property
    def most_of_leader(self) -> tuple[int, datetime]:
        return max(zip(self.leader.values, self.starts, strict=True), key=lambda step: step[0])

    @property
    def others(self) -> list[Line]:
        return [line for line in self.lines if line is not self.leader]


def verdict_chart(series: Series) -> Chart:
    """Return messages by verdict, mildest first."""
    lines = [Line(kind.value, series.of_verdict(kind)) for kind in KIND_ORDER]
    return Chart(series.window, series.starts, lines)


def category_chart(series: Series) -> Chart:
    """Return the most frequent categories, most frequent first; lines of zeros if none occurred."""
    lines = [Line(category.value, series.of_category(category)) for category in Category]
    nonzero = sorted((line for line in lines if line.total), key=lambda line: -line.total)
    return Chart(series.window, series.starts, (nonzero or lines)[:MOST_CATEGORIES])


def not_allowed(chart: Chart) -> int:
    """Return how many messages had a verdict other than allow."""
    return sum(line.total for line in chart.lines if line.name != VerdictKind.ALLOW)


@dataclass(frozen=True)
class Spark:
    """A sparkline as the paths of an SVG of 100 by 24."""

    line: str
    area: str


def sparks_of(series: Series) -> dict[str, Spark]:
    """Return the sparklines of the tiles: flows as a count per step, backlogs as their level."""
    flows = {metric: _spark(series.of(metric)) for metric in (TOTAL, APPROVED, REJECTED)}
    levels = {metric: _spark(series.levels_of(metric)) for metric in (FLAGGED, OPEN_REVIEWS)}
    return flows | levels


def _spark(values: Sequence[int]) -> Spark:
    high = max(*values, 1)
    across = SPARK_WIDTH / (len(values) - 1)
    points = [
        f"{at * across:.1f},{SPARK_FOOT - (SPARK_FOOT - SPARK_TOP) * max(0, value) / high:.1f}"
        for at, value in enumerate(values)
    ]
    line = "M" + "L".join(points)
    return Spark(line, f"{line}L{SPARK_WIDTH},24L0,24Z")
