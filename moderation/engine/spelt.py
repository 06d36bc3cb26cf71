"""Find words in a run of single letters, when the run does not say where a word begins."""

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Protocol, TypeVar


class Scored(Protocol):
    @property
    def score(self) -> float: ...


Listed = TypeVar("Listed", bound=Scored)

SHORTEST = 3
LONGEST = 24
#: So long and so strong a word counts wherever it is spelt out.
LONG_WORD = 5
#: Single letters that stand before or after a word in chat: "a b i t c h", "u i d i o t".
BEFORE = frozenset("aiuknbhry2")
AFTER = frozenset("aiuk")
STRONG = 0.6


def words_spelt(
    letters: str, listed: Mapping[str, Listed], beginnings: Collection[str]
) -> Iterator[tuple[int, int, Listed]]:
    """Yield the listed words that a run of letters is made of, but for a letter at each end.

    beginnings: of the listed words, so many letters as the shortest has.
    """
    found = list(_side_by_side(letters, listed, beginnings))
    if not found:
        return
    edges = [(0, 0), *((start, end) for start, end, _ in found), (len(letters), len(letters))]
    between = [letters[left:right] for (_, left), (right, _) in pairwise(edges)]
    for index, (start, end, word) in enumerate(found):
        if _counts(end - start, word.score, between[index], between[index + 1]):
            yield start, end, word


def _side_by_side(
    letters: str, listed: Mapping[str, Listed], beginnings: Collection[str]
) -> Iterator[tuple[int, int, Listed]]:
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


def _counts(length: int, score: float, before: str, after: str) -> bool:
    is_strong = score >= STRONG
    if length >= LONG_WORD and is_strong:
        return True
    if length > SHORTEST and is_strong:
        return before in {"", *BEFORE} and after in {"", *AFTER}
    return before in {"", "a", "i", "u"} and not after
