"""Split a view into words and space them evenly, so that phrases can be looked up."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
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


class Tokens:
    """The words of a view; where they stand is only looked for if something is found in them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.words: list[str] = words_of(text)

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        return [word.span() for word in _pattern_for(self._text).finditer(self._text)]

    @cached_property
    def spaced(self) -> "Spaced":
        """Return the words evenly spaced, on one line."""
        return Spaced(self.words, lambda: self.spans)

    @cached_property
    def spaced_by_line(self) -> "Spaced":
        """Return the words evenly spaced, with a mark at the end of each line."""
        if not self.words:
            return Spaced((), list)
        if "\n" not in self._text:
            return Spaced([*self.words, LINE_END], lambda: [*self.spans, self.spans[-1]])
        words: list[str] = []
        spans: list[tuple[int, int]] = []
        lines = self._lines()
        line = next(iter(lines))
        for word, span, lines_before in zip(self.words, self.spans, lines, strict=True):
            if lines_before > line:
                words.append(LINE_END)
                spans.append(spans[-1])
                line = lines_before
            words.append(word)
            spans.append(span)
        return Spaced([*words, LINE_END], lambda: [*spans, spans[-1]])

    def _lines(self) -> list[int]:
        """Return how many lines end before each word."""
        gaps = pairwise(((0, 0), *self.spans))
        return [*accumulate(self._text.count("\n", end, start) for (_, end), (start, _) in gaps)]


class Spaced:
    """Words with equal gaps between them, and the way back to their spans."""

    def __init__(
        self, words: Sequence[str], spans: Callable[[], Sequence[tuple[int, int]]]
    ) -> None:
        self.text = f" {GAP.join(words)} "
        self._words = words
        self._find_spans = spans

    @cached_property
    def _spans(self) -> Sequence[tuple[int, int]]:
        return self._find_spans()

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
    return Tokens(text)


def words_of(text: str) -> list[str]:
    """Return the words of a folded text."""
    return _pattern_for(text).findall(text)


def _pattern_for(text: str) -> re.Pattern[str]:
    has_marks = not text.isascii() and MARK.search(text)
    return WORD_WITH_MARKS if has_marks else WORD
