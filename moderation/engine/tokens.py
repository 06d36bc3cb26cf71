"""Cut a view into its words and write them evenly spaced, so that phrases can be looked up."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise

WORD = re.compile(r"[^\W_]+")
#: Two blanks between words, so that two phrases side by side do not share one.
GAP = "  "
#: Stands behind the last word of a line, for patterns that only count there.
LINE_END = "\x03"


@dataclass(frozen=True)
class Tokens:
    """The words of a view and where each stands in it."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    #: How many lines end before each word.
    lines: tuple[int, ...]

    @cached_property
    def spaced(self) -> "Spaced":
        """Return the words evenly spaced, on one line."""
        return Spaced(self.words, self.spans)

    @cached_property
    def spaced_by_line(self) -> "Spaced":
        """Return the words evenly spaced, with a mark at the end of each line."""
        if not self.words:
            return Spaced((), ())
        words: list[str] = []
        spans: list[tuple[int, int]] = []
        line = self.lines[0]
        for word, span, lines in zip(self.words, self.spans, self.lines, strict=True):
            if lines > line:
                words.append(LINE_END)
                spans.append(spans[-1])
                line = lines
            words.append(word)
            spans.append(span)
        return Spaced((*words, LINE_END), (*spans, spans[-1]))


class Spaced:
    """Words with the same gap between any two, and the way back to where they stood."""

    def __init__(self, words: Sequence[str], spans: Sequence[tuple[int, int]]) -> None:
        self.text = f" {GAP.join(words)} "
        self._words = words
        self._spans = spans

    @cached_property
    def _places(self) -> list[int]:
        return list(accumulate((len(word) + len(GAP) for word in self._words), initial=0))

    def span_of(self, start: int, end: int) -> tuple[int, int]:
        """Return where text[start:end] stands in the view, whole words only."""
        first = bisect_right(self._places, start) - 1
        last = min(bisect_right(self._places, end - len(GAP)), len(self._spans)) - 1
        return self._spans[max(first, 0)][0], self._spans[max(last, 0)][1]


@lru_cache(maxsize=8)
def tokens_of(text: str) -> Tokens:
    """Return the words of a view; the matchers of one text all ask for the same ones."""
    found = list(WORD.finditer(text))
    spans = tuple(word.span() for word in found)
    return Tokens(tuple(word[0] for word in found), spans, _lines_before(text, spans))


def _lines_before(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    if "\n" not in text:
        return (0,) * len(spans)
    counts = (text.count("\n", end, start) for (_, end), (start, _) in pairwise(((0, 0), *spans)))
    return tuple(accumulate(counts))
