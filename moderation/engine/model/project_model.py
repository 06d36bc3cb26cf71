"""A project's own model: the bundled one, corrected by what its moderators decided."""

from functools import cache
from hashlib import sha256
from importlib import resources

from moderation.engine.model.adapter import SIZE, Correction
from moderation.engine.model.bundled import FILE, bundled_model
from moderation.engine.model.features import Features, features_of
from moderation.engine.model.scorer import Levels, ScorerInput, Scores, State


class ProjectModel:
    """Keeps its weights and nothing else; what a word weighs is kept by the bundled model."""

    state = State.READY
    may = "flag"

    def __init__(self, number: int, packed: bytes) -> None:
        self.number = number
        self.name = name_of(number)
        self._base = bundled_model()
        self._correction = Correction(packed)

    @property
    def levels(self) -> Levels:
        return self._base.levels

    @property
    def spam_levels(self) -> Levels:
        return self._base.spam_levels

    def score(self, seen: ScorerInput, _wait: float = 0.0) -> Scores:
        return self.scores_of(features_of(seen))

    def scores_of(self, features: Features) -> Scores:
        return self._base.scores_of(features, self._correction)


def name_of(number: int) -> str:
    """Return the moderator that a verdict names."""
    return f"Project model {number}"


@cache
def base_id() -> str:
    """Return what tells one bundled model from another: a correction fits the one it was made on.

    The beginning of a SHA-256, hex, of the model's file and of how large a correction is.
    """
    data = resources.files("moderation.engine.data").joinpath(FILE).read_bytes()
    return sha256(data + str(SIZE).encode()).hexdigest()[:16]
