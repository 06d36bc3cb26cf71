"""The shapes of what is stored with a project's own model, as JSON."""

from typing import TypedDict

from moderation.lib.json_types import Moment, Share


class TrainingFacts(TypedDict):
    """What a model was trained on; the decisions are those from `first` to `last`."""

    rejected: int
    approved: int
    spam: int
    #: Why a decision teaches nothing → how many.
    skipped: dict[str, int]
    first: Moment | None
    last: Moment | None
    digest: str


class WayFigures(TypedDict):
    """How well one way of checking tells held-out texts apart."""

    precision: Share
    recall: Share
    f1: Share
    false_alarms: Share


class Change(TypedDict):
    """The change of F1, with the middle 95 % of its resamples."""

    f1: float
    low: float
    high: float


class OrdinaryFigures(TypedDict):
    """How many ordinary texts each model warns of."""

    texts: int
    bundled: int
    fitted: int


class ModelData(TypedDict):
    rulings: TrainingFacts
    #: The heads with enough texts to teach: toxicity, spam.
    heads: list[str]
    #: bundled, fitted, with_bundled or with_fitted → figures.
    held_out: dict[str, WayFigures]
    change: Change
    ordinary: OrdinaryFigures
    is_worse: bool
