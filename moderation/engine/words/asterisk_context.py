"""Check hits beside asterisks, which hide letters: the visible rest may be another word."""

from typing import Protocol

from moderation.engine.text.fold import TextView
from moderation.engine.words.censored import ASTERISK, is_piece
from moderation.engine.words.leetspeak import is_leetspeak_for

#: A word of this length and score counts beside an asterisk, too: "idiot*boy".
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


class AsteriskContext:
    """The asterisks of a folded text; censored: knows which masks may hide a common word."""

    def __init__(self, folded: TextView, censored: Innocent) -> None:
        origin = folded.origin
        self._innocent = {origin[place] for place in censored.innocent_in(folded.text)}
        signs = zip(origin, folded.text, strict=True)
        self._asterisks = {place for place, sign in signs if sign == ASTERISK}

    def allow(self, view: TextView, hit: Found) -> bool:
        """Say whether a hit is neither the rest of another word nor a censored common word."""
        start, end = view.span(hit.start, hit.end)
        if start in self._innocent:
            return False
        written = view.text[hit.start : hit.end]
        word = hit.entry.word
        if not self._asterisks.isdisjoint(range(start, end)):
            # Without asterisks it must be the word itself: "f*u*c*k", but "g*and" is "grand".
            return word in written or is_leetspeak_for(word, written)
        if is_piece(view.text, hit.start, hit.end):
            is_strong = len(word) >= SHORTEST_PIECE and hit.entry.score >= STRONG_PIECE
            return written == word and is_strong
        is_beside = view.text[hit.end : hit.end + 1] == ASTERISK
        return not is_beside or word in written or is_leetspeak_for(word, written)
