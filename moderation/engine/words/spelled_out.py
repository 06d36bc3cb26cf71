"""Find words in a run of single letters that does not show where a word begins."""

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Protocol, TypeVar


class Scored(Protocol):
    @property
    def score(self) -> float: ...


Listed = TypeVar("Listed", bound=Scored)

SHORTEST = 3
LONGEST = 24
#: A strong word of this length counts wherever it is spelled out.
LONG_WORD = 5
#: Single letters that chat puts before or after a word: "a b i t c h", "u i d i o t".
BEFORE = frozenset(("", *"aiuknbhry2"))
AFTER = frozenset(("", *"aiuk"))
STRONG = 0.6


def spelled_out_words(
    letters: str, listed: Mapping[str, Listed], beginnings: Collection[str]
) -> Iterator[tuple[int, int, Listed]]:
    """Yield the listed words that make up a run of letters, with a spare letter at each end.

    beginnings: the first SHORTEST letters of every listed word.
    """
    words = list(_adjacent_words(letters, listed, beginnings))
    edges = [(0, 0), *((start, end) for start, end, _ in words), (len(letters), len(letters))]
    between = [letters[left:right] for (_, left), (right, _) in pairwise(edges)]
    for (start, end, word), before, after in zip(words, between, between[1:], strict=False):
        length = end - start
        if word.score >= STRONG and length >= LONG_WORD:
            yield start, end, word
        elif word.score >= STRONG and length > SHORTEST:
            if before in BEFORE and after in AFTER:
                yield start, end, word
        elif before in {"", "a", "i", "u"} and not after:
            yield start, end, word


def _adjacent_words(
    letters: str, listed: Mapping[str, Listed], beginnings: Collection[str]
) -> Iterator[tuple[int, int, Listed]]:
    """Yield the longest listed word at each place from left to right."""
    start = 0
    while start <= len(letters) - SHORTEST:
        if letters[start : start + SHORTEST] not in beginnings:
            start += 1
            continue
        longest = min(len(letters), start + LONGEST)
        for end in range(longest, start + SHORTEST - 1, -1):
            if word := listed.get(letters[start:end]):
                yield start, end, word
                start = end
                break
        else:
            start += 1
