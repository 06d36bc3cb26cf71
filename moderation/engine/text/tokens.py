"""Split a view into words and space them evenly, so that phrases can be looked up."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise

WORD = re.compile(r"[^\W_]+")
#: Marks that are part of a word although no letters: Indic and Thai vowels, kana voicing.
MARKS = "".join(
    chr(code)
    for code in (*range(0x900, 0x1AB0), 0x3099, 0x309A)
    if unicodedata.category(chr(code)) in {"Mn", "Mc"}
)
MARK = re.compile(f"[{MARKS}]")
WORD_WITH_MARKS = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}])*")
#: Two blanks between words, so that adjacent phrases do not share one.
GAP = "  "
#: Marks the end of a line, for patterns that match only there.
LINE_END = "\x03"


@dataclass(frozen=True)
class Tokens:
    """The words of a view and the span of each."""

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
        if self.lines[0] == self.lines[-1]:
            return Spaced((*self.words, LINE_END), (*self.spans, self.spans[-1]))
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
    """Words with equal gaps between them, and the way back to their spans."""

    def __init__(self, words: Sequence[str], spans: Sequence[tuple[int, int]]) -> None:
        self.text = f" {GAP.join(words)} "
        self._words = words
        self._spans = spans

    @cached_property
    def _places(self) -> list[int]:
        return list(accumulate((len(word) + len(GAP) for word in self._words), initial=0))

    def span_of(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the view of the whole words in text[start:end]."""
        first = bisect_right(self._places, start) - 1
        last = min(bisect_right(self._places, end - len(GAP)), len(self._spans)) - 1
        return self._spans[max(first, 0)][0], self._spans[max(last, 0)][1]


@lru_cache(maxsize=8)
def tokens_of(text: str) -> Tokens:
    """Return the words of a view; cached because every matcher of one text asks for them."""
    words = list(_pattern_for(text).finditer(text))
    spans = tuple(word.span() for word in words)
    lines: tuple[int, ...] = (0,) * len(spans)
    if "\n" in text:
        gaps = pairwise(((0, 0), *spans))
        lines = tuple(accumulate(text.count("\n", end, start) for (_, end), (start, _) in gaps))
    return Tokens(tuple(word[0] for word in words), spans, lines)


def words_of(text: str) -> list[str]:
    """Return the words of a folded text."""
    return _pattern_for(text).findall(text)


def _pattern_for(text: str) -> re.Pattern[str]:
    has_marks = not text.isascii() and MARK.search(text)
    return WORD_WITH_MARKS if has_marks else WORD
