"""What a statistical model must offer to take part in classifying."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from moderation.engine.matches import Category


class Scorer(Protocol):
    """Score texts by category, 0-1; a category left out counts as zero."""

    @property
    def name(self) -> str: ...

    def score(self, texts: Sequence[str]) -> Sequence[Mapping[Category, float]]: ...
