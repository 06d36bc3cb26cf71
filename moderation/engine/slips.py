"""Find listed words behind a slip of the hand or behind letters hung on to them.

"bicth" (two neighbours changed places), "btch" (a vowel is missing), "xxbitchxx", "youbitch".
"""

from collections.abc import Iterable, Iterator

import ahocorasick_rs

VOWELS = frozenset("aeiou")
#: Letters of few words' beginnings and ends; with digits they make a rim at one side alone.
RARE = frozenset("xzqjkvw")
SHORTEST = 4
#: Words of four letters that lose one look like too many others, unless they are this strong.
STRONG = 0.9
#: So long a word, from a moderate one up, counts wherever it stands in a token.
LONG_WORD, LONG_SCORE = 6, 0.75
LONGEST_RIM = 4
LONGEST_TOKEN = 40


class Slips:
    """Words by what a slip makes of them; words: those to look for, with their scores."""

    def __init__(self, words: Iterable[tuple[str, float]]) -> None:
        listed = {word: score for word, score in words if len(word) >= SHORTEST and word.isalpha()}
        self._scores = listed
        self._meant: dict[str, str] = {}
        # Of two words with one slip the stronger is meant.
        for word in sorted(listed, key=lambda word: (listed[word], word)):
            self._meant.update(dict.fromkeys(slips_of(word, listed[word]), word))
        self._finder = ahocorasick_rs.AhoCorasick(list(listed))

    def read(self, token: str) -> str | None:
        """Return the word that a folded token, itself not listed, is meant to be, if any."""
        return self._meant.get(token) or self._inside(token)

    def _inside(self, token: str) -> str | None:
        if not SHORTEST < len(token) <= LONGEST_TOKEN:
            return None
        found = self._finder.find_matches_as_indexes(token, overlapping=True)
        words = (token[start:end] for _, start, end in found if self._counts(token, start, end))
        return max(words, key=lambda word: (len(word), self._scores[word]), default=None)

    def _counts(self, token: str, start: int, end: int) -> bool:
        word, before, after = token[start:end], token[:start], token[end:]
        if len(word) >= LONG_WORD and self._scores[word] >= LONG_SCORE:
            return True
        return _are_rims(before, after)


def slips_of(word: str, score: float) -> Iterator[str]:
    """Yield the word with two inner neighbours changed, and with a vowel left out."""
    for place in range(1, len(word) - 2):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if len(word) == SHORTEST and score < STRONG:
        return
    for place in range(1, len(word)):
        # Two equal letters side by side read as one: "mmona" is "mona" sooner than another word.
        is_between_equals = word[place - 1] == word[place + 1 : place + 2]
        if word[place] in VOWELS and not is_between_equals:
            yield word[:place] + word[place + 1 :]


def _are_rims(before: str, after: str) -> bool:
    """Say whether what stands around a word is no part of another: "xx...xx", "zz...", "...99"."""
    if max(len(before), len(after)) > LONGEST_RIM:
        return False
    if before and after:
        return _is_no_syllable(before) and _is_no_syllable(after)
    return _is_odd(before or after)


def _is_no_syllable(rim: str) -> bool:
    return RARE.issuperset(rim) or (len(rim) > 1 and VOWELS.isdisjoint(rim) and "y" not in rim)


def _is_odd(rim: str) -> bool:
    return rim.isdigit() or (len(rim) > 1 and RARE.issuperset(rim))
