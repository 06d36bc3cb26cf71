"""Cut a view into its words and write them evenly spaced, so that phrases can be looked up."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

WORD = re.compile(r"[^\W_]+")
#: Two blanks between words, so that two phrases side by side do not share one.
GAP = "  "
#: Stands behind the last word, for patterns that only count at the end of a text.
LAST_WORD = "\x03"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a view, where each stands in it, and where each stands when spaced."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    places: tuple[int, ...]

    @property
    def spaced(self) -> str:
        return f" {GAP.join(self.words)} "

    @property
    def spaced_with_end(self) -> str:
        return f"{self.spaced} {LAST_WORD} "

    def span_of(self, start: int, end: int) -> tuple[int, int]:
        """Return where spaced[start:end] stands in the view, whole words only."""
        first = bisect_right(self.places, start) - 1
        last = min(bisect_right(self.places, end - len(GAP)), len(self.spans)) - 1
        return self.spans[max(first, 0)][0], self.spans[max(last, 0)][1]


@lru_cache(maxsize=8)
def tokens_of(text: str) -> Tokens:
    """Return the words of a view; the matchers of one text all ask for the same ones."""
    found = list(WORD.finditer(text))
    words = tuple(word[0] for word in found)
    places = accumulate((len(word) + len(GAP) for word in words), initial=0)
    return Tokens(words, tuple(word.span() for word in found), tuple(places))
