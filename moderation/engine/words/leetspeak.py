"""Decide whether a token is a listed word with signs for letters or with repeated letters."""

import re
from functools import lru_cache

FEWEST_LETTERS = 2
RUN = re.compile(r"([^\W\d_])\1+")
CACHED = 16_384
#: Signs and letters that replace one another, each mapped to one letter.
SKELETON = str.maketrans("4@31!|lyj059$z27+86(vñ", "aaeiiiiiiosgsssttbgcun")
#: The signs that may replace a letter of a listed word.
STAND_INS = {
    "a": "a4@",
    "e": "e3",
    "i": "i1!|lyj",
    "l": "l1!|i",
    "o": "o0",
    "s": "s5$z",
    "t": "t7+",
    "b": "b8",
    "g": "g96",
    "z": "z2",
    "c": "c(",
    "u": "uv",
    "n": "nñ",
}
#: Letters that stand for others only where no second letter does: "plzz" is not "piss".
STAND_ALONE = frozenset("jyz")
#: Letters that stand for no other: a y that is heard as one or ends a word, and "pizz" for "pizza".
ONLY_THEMSELVES = re.compile(r"[aeiou]y|y(?:[aeiou]|$)|^.{0,2}zz.?$")


@lru_cache(maxsize=CACHED)
def skeleton(word: str) -> str:
    """Return the word's letters without repetition and with leet signs read as letters."""
    return RUN.sub(r"\1", word.translate(SKELETON))


def is_leetspeak_for(word: str, written: str) -> bool:
    """Say whether the text has each letter of the word, at least as often in a row."""
    place = 0
    others: set[str] = set()
    runs = runs_of(word)
    for (letter, needed), (following, _) in zip(runs, (*runs[1:], ("", 0)), strict=True):
        allowed = STAND_INS.get(letter, letter)
        start = place
        while place < len(written) and written[place] in allowed:
            # "ii" in "zaliil" could be an l, but the word still needs its i.
            if written[place] == following and place - start >= needed:
                break
            if written[place] != letter and written[place].isalpha():
                others.add(written[place])
            place += 1
        if place - start < needed:
            return False
    if place != len(written) or not _is_legible(written):
        return False
    is_clear = STAND_ALONE.isdisjoint(others)
    return is_clear or (len(others) == 1 and not ONLY_THEMSELVES.search(written))


def _is_legible(written: str) -> bool:
    """Say whether there are enough letters or signs that it is not a number, price or road."""
    letters = sum(sign.isalpha() for sign in written)
    if letters >= FEWEST_LETTERS:
        return True
    digits = sum(sign.isdigit() for sign in written)
    others = len(written) - letters - digits
    if not letters:
        return others > 1 and len(written) > 3
    # A letter before three digits is a model number: "A550".
    fewest_digits = 4 if written[0].isalpha() else 3
    return others > 1 or (others == 1 and len(written) > 3) or digits >= fewest_digits


@lru_cache(maxsize=8_192)
def runs_of(word: str) -> tuple[tuple[str, int], ...]:
    """Return the word's letters and how often each repeats in a row."""
    return tuple((run[0][0], len(run[0])) for run in re.finditer(r"(.)\1*", word, re.DOTALL))
