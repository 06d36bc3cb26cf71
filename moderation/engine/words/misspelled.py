"""Find listed words behind a misspelling or behind letters attached to them.

"bicth" (two neighbours swapped), "btch" (a vowel missing), "xxbitchxx", "youbitch".
"""

from collections.abc import Iterable, Iterator

import ahocorasick_rs

from moderation.engine.giving_way import give_way

VOWELS = frozenset("aeiou")
#: Letters that begin or end few words; with digits they decorate a word on one side alone.
RARE = frozenset("xzqjkvw")
SHORTEST = 4
#: Words of four letters that lose one resemble too many others, unless they are this strong.
STRONG = 0.9
#: A word of this length and score counts anywhere in a token.
LONG_WORD, LONG_SCORE = 6, 0.75
LONGEST_DECORATION = 4
LONGEST_TOKEN = 40


class Misspellings:
    """Words by their misspellings; words: the listed ones with their scores."""

    def __init__(self, words: Iterable[tuple[str, float]]) -> None:
        listed = {word: score for word, score in words if len(word) >= SHORTEST and word.isalpha()}
        self._scores = listed
        self._meant: dict[str, str] = {}
        # If two words share a misspelling, the stronger is meant.
        for word in sorted(listed, key=lambda word: (listed[word], word)):
            give_way()
            self._meant.update(dict.fromkeys(misspellings_of(word, listed[word]), word))
        self._finder = ahocorasick_rs.AhoCorasick(list(listed))

    def read(self, token: str) -> str | None:
        """Return the word that an unlisted folded token is meant to be, if any."""
        if word := self._meant.get(token):
            return word
        if not SHORTEST < len(token) <= LONGEST_TOKEN:
            return None
        inside: list[str] = []
        for _, start, end in self._finder.find_matches_as_indexes(token, overlapping=True):
            word = token[start:end]
            is_strong = len(word) >= LONG_WORD and self._scores[word] >= LONG_SCORE
            if is_strong or _are_decorations(token[:start], token[end:]):
                inside.append(word)
        return max(inside, key=lambda word: (len(word), self._scores[word]), default=None)


def misspellings_of(word: str, score: float) -> Iterator[str]:
    """Yield the word with two neighbours swapped, and with a vowel left out.

    The first letter stays; the last one moves in strong words only: "fukc", "bitcsh".
    """
    for place in range(1, len(word) - (1 if score >= STRONG else 2)):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if len(word) == SHORTEST and score < STRONG:
        return
    for place in range(1, len(word)):
        # Two equal letters side by side read as one: "mmona" is "mona" rather than another word.
        is_between_equals = word[place - 1] == word[place + 1 : place + 2]
        if word[place] in VOWELS and not is_between_equals:
            yield word[:place] + word[place + 1 :]


def _are_decorations(before: str, after: str) -> bool:
    """Say whether the letters around a word only decorate it: "xx...xx", "zz...", "...99"."""
    if max(len(before), len(after)) > LONGEST_DECORATION:
        return False
    if before and after:
        return _has_no_syllable(before) and _has_no_syllable(after)
    alone = before or after
    return alone.isdigit() or (len(alone) > 1 and RARE.issuperset(alone))


def _has_no_syllable(letters: str) -> bool:
    return RARE.issuperset(letters) or (
        len(letters) > 1 and VOWELS.isdisjoint(letters) and "y" not in letters
    )
