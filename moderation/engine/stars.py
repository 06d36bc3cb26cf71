"""Judge what was found beside stars: they hide letters, and what is left is not always a word."""

from typing import Protocol

from moderation.engine.disguise import is_disguise_of
from moderation.engine.masks import STAR, is_piece
from moderation.engine.normalization import View

#: So long and so strong a word counts beside a star, too: "idiot*boy".
SHORTEST_PIECE, STRONG_PIECE = 4, 0.7


class Listed(Protocol):
    @property
    def word(self) -> str: ...
    @property
    def score(self) -> float: ...


class Found(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def entry(self) -> Listed: ...


class Innocent(Protocol):
    def innocent_in(self, text: str) -> set[int]: ...


class Stars:
    """Where a folded text has stars; masks know behind which a common word may stand."""

    def __init__(self, folded: View, masks: Innocent) -> None:
        origin = folded.origin
        self._common = {origin[place] for place in masks.innocent_in(folded.text)}
        signs = zip(origin, folded.text, strict=True)
        self._places = {at for at, sign in signs if sign == STAR}

    def allow(self, view: View, hit: Found) -> bool:
        """Say whether a hit stays: it is no rest of another word, and no masked common word."""
        start, end = view.span(hit.start, hit.end)
        if start in self._common:
            return False
        written = view.text[hit.start : hit.end]
        word = hit.entry.word
        if not self._places.isdisjoint(range(start, end)):
            # Without its stars a token must be the word itself: "f*u*c*k", but "g*and" is "grand".
            return word in written or is_disguise_of(word, written)
        if is_piece(view.text, hit.start, hit.end):
            is_strong = len(word) >= SHORTEST_PIECE and hit.entry.score >= STRONG_PIECE
            return written == word and is_strong
        is_beside = view.text[hit.end : hit.end + 1] == STAR
        return not is_beside or word in written or is_disguise_of(word, written)
