"""Tell whether a token is a listed word in which signs stand for letters or letters repeat."""

import re
from functools import lru_cache

FEWEST_LETTERS = 2
RUN = re.compile(r"([^\W\d_])\1+")
CACHED = 32_768
#: Signs that stand for one another in disguised words, all written as one of them.
SKELETON = str.maketrans("4@31!|l059$7+86(2vñ", "aaeiiiiosgsttbgczun")
#: What may stand for a letter of a listed word.
STAND_INS = {
    "a": "a4@",
    "e": "e3",
    "i": "i1!|l",
    "l": "l1!|i",
    "o": "o0",
    "s": "s5$",
    "t": "t7+",
    "b": "b8",
    "g": "g96",
    "z": "z2",
    "c": "c(",
    "u": "uv",
    "n": "nñ",
}


@lru_cache(maxsize=CACHED)
def skeleton(word: str) -> str:
    """Return the word's letters without repetition; signs that stand for none keep theirs."""
    return RUN.sub(r"\1", word.translate(SKELETON))


def is_disguise_of(word: str, written: str) -> bool:
    """Say whether each letter of the word stands in the text, at least as often in a row."""
    place = 0
    runs = runs_of(word)
    for (letter, needed), (following, _) in zip(runs, (*runs[1:], ("", 0)), strict=True):
        allowed = STAND_INS.get(letter, letter)
        start = place
        while place < len(written) and written[place] in allowed:
            # "ii" in "zaliil" may stand for an l, but is needed as an i.
            if written[place] == following and place - start >= needed:
                break
            place += 1
        if place - start < needed:
            return False
    return place == len(written) and _is_legible(written)


def _is_legible(written: str) -> bool:
    """Say whether so many letters or signs are left that it is no number, price or road."""
    letters = sum(sign.isalpha() for sign in written)
    if letters >= FEWEST_LETTERS:
        return True
    digits = sum(sign.isdigit() for sign in written)
    others = len(written) - letters - digits
    if letters:
        # A letter before three digits is a number of something: "A550".
        least = 4 if written[0].isalpha() else 3
        return others > 1 or (others == 1 and len(written) > 3) or digits >= least
    return others > 1 and len(written) > 3


@lru_cache(maxsize=8_192)
def runs_of(word: str) -> tuple[tuple[str, int], ...]:
    """Return the word's letters with how often each stands in a row."""
    return tuple((found[0][0], len(found[0])) for found in re.finditer(r"(.)\1*", word, re.DOTALL))
