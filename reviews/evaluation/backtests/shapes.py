"""The shapes of a backtest's result as JSON."""

from typing import NotRequired, TypedDict

from moderation.lib.json_types import Id, Moment, Share
from moderation.models.json_names import VerdictName
from moderation.pipeline.shapes import MatchRow
from reviews.casefile.shapes import DecisionName


class BacktestCounts(TypedDict):
    total: int
    not_kept: int
    changed: int
    hits: int
    agreed: int
    disagreed: int
    undecided: int
    missed: int


class BacktestMeasure(TypedDict):
    """How well the hits before or after the change agree with moderators."""

    hits: int
    agreed: int
    disagreed: int
    undecided: int
    missed: int
    precision: Share | None
    recall: Share | None


class BacktestSide(BacktestMeasure):
    """What the engine finds before or after the change, compared with the decisions."""

    verdicts: dict[str, int]
    hidden: int
    reviews: int
    strikes: int


class BacktestExample(TypedDict):
    content_id: Id
    group: str
    text: str
    matches: list[MatchRow]
    verdict: VerdictName
    verdict_without: VerdictName
    decision: DecisionName | None


class BacktestSuggested(TypedDict):
    """The same for texts for which clients suggested scores."""

    total: int
    before: BacktestMeasure
    after: BacktestMeasure


class BacktestResult(TypedDict):
    counts: BacktestCounts
    precision: Share | None
    recall: Share | None
    before: BacktestSide
    after: BacktestSide
    #: Absent from a result of an earlier version.
    suggested: NotRequired[BacktestSuggested]
    changes: dict[str, int]
    examples: list[BacktestExample]


class StoredResult(BacktestResult):
    """The result with what was tested, as it is stored and as the command prints it."""

    kind: str
    days: int
    since: Moment
    is_complete: bool
