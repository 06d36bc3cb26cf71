"""Undo disguises: three views of a text, each of which knows where its letters came from.

fold     look-alikes, accents, invisible marks and case are gone
plain    on top of it: leet signs, spaced letters, signs inside words and stretched letters
skeleton on top of either: runs and signs that stand for one another become one sign
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from moderation.engine.data import lookalikes

#: One character may unfold into this many at most, so that ligatures cannot blow a text up.
MAX_UNFOLDED = 4
INVISIBLE = frozenset({"Mn", "Me", "Cf"})
SURROGATES = re.compile("[\ud800-\udfff]")
LETTER_A = ord("a")
#: First code points of alphabets that Unicode does not decompose: boxed, circled, flags.
ENCLOSED_ALPHABETS = (0x1F150, 0x1F170, 0x1F1E6)


@dataclass(frozen=True, slots=True)
class View:
    """A text as the matchers read it, with the place in the original of each character."""

    text: str
    origin: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where view[start:end] stands in the original text."""
        return self.origin[start], self.origin[end - 1] + 1


def without_surrogates(text: str) -> str:
    """Return the text with lone surrogates replaced one for one; the matchers refuse them."""
    return text if text.isascii() else SURROGATES.sub("\ufffd", text)


def fold(text: str) -> View:
    """Return the text in plain small letters wherever its signs only look different."""
    if text.isascii():
        return View(text.lower(), range(len(text)))
    folded = [fold_character(character) for character in text]
    origin = [place for place, piece in enumerate(folded) for _ in piece]
    return View("".join(folded), origin)


@lru_cache(maxsize=16_384)
def fold_character(character: str) -> str:
    """Return what one character looks like in small letters; nothing for an invisible one."""
    if character in "ñÑ":
        return "ñ"  # A letter of its own: "cono" is not "coño".
    if character in lookalikes():
        return lookalikes()[character]
    code = ord(character)
    for first in ENCLOSED_ALPHABETS:
        if first <= code < first + 26:
            return chr(LETTER_A + code - first)
    unfolded = unicodedata.normalize("NFKD", character)[:MAX_UNFOLDED]
    kept = (piece for piece in unfolded if unicodedata.category(piece) not in INVISIBLE)
    return "".join(_plain_piece(piece) for piece in kept)[:MAX_UNFOLDED]


def _plain_piece(piece: str) -> str:
    if not piece.isascii() and (digit := unicodedata.digit(piece, -1)) >= 0:
        return str(digit)
    small = lookalikes().get(piece, piece).casefold()
    return lookalikes().get(small, small)


# Letters one by one: "k i l l  y o u", "f.u.c.k", "s - h - i - t".
SPACED = re.compile(r"(?<![^\W_])[^\W_](?:[ .\-_*'~,/|]{1,3}[^\W_]){2,}(?![^\W_])")
WORD_GAP = re.compile(r"\s{2,}|\s?[,/|]\s")
SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[.\-_'*~\u00b7](?!(?:ll|re|ve|s|t|d|m)\b)(?=[^\W\d_])")
STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
LEET_WORD = re.compile(r"[a-z0-9@$!|+(]{3,}")
LEET = str.maketrans("0134579@$!|+(8", "oieastgasiitcb")
LEET_SIGNS = frozenset("0134579@$!|+(8")
FEWEST_LETTERS = 2


def plain(folded: View) -> View:
    """Return the view with spaced letters joined, leet read and stretched letters shortened."""
    text = folded.text
    dropped: set[int] = set()
    changed: dict[int, str] = {}
    _join_spaced(text, dropped, changed)
    dropped.update(found.start() for found in SIGN_IN_WORD.finditer(text))
    _read_leet(text, changed)
    for found in STRETCHED.finditer(text):
        dropped.update(range(found.start() + 1, found.end()))
    if not dropped and not changed:
        return folded
    kept = [place for place in range(len(text)) if place not in dropped]
    letters = "".join(changed.get(place, text[place]) for place in kept)
    return View(letters, [folded.origin[place] for place in kept])


def _join_spaced(text: str, dropped: set[int], changed: dict[int, str]) -> None:
    for run in SPACED.finditer(text):
        gaps = {gap.start() for gap in WORD_GAP.finditer(text, run.start(), run.end())}
        for place in range(run.start(), run.end()):
            if place in gaps:
                changed[place] = " "
            elif not text[place].isalnum():
                dropped.add(place)


def _read_leet(text: str, changed: dict[int, str]) -> None:
    for found in LEET_WORD.finditer(text):
        # Signs at the end of a word close the sentence: "shit!" is no "shiti".
        word = found[0].rstrip("!|(")
        signs = [place for place, sign in enumerate(word, found.start()) if sign in LEET_SIGNS]
        if signs and len(word) - len(signs) >= FEWEST_LETTERS:
            changed.update((place, _letter_at(text, place)) for place in signs)


def _letter_at(text: str, place: int) -> str:
    """Return the letter a sign stands for; a pair of ones is a double l, as in "ki11"."""
    if "11" in text[max(0, place - 1) : place + 2]:
        return "l"
    return text[place].translate(LEET)


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


LOOSE_CLOSER = re.compile(r"[!|(](?![a-z0-9@$])")


def merged_signs(text: str) -> str:
    """Return the text, as long as before, with each confusable sign written as its letter."""
    return LOOSE_CLOSER.sub(" ", text).translate(SKELETON)


def is_disguise_of(word: str, written: str) -> bool:
    """Say whether each letter of the word stands in the text, at least as often in a row."""
    place = 0
    for letter, needed in runs_of(word):
        allowed = STAND_INS.get(letter, letter)
        start = place
        while place < len(written) and written[place] in allowed:
            place += 1
        if place - start < needed:
            return False
    return place == len(written) and sum(sign.isalpha() for sign in written) >= FEWEST_LETTERS


@lru_cache(maxsize=8_192)
def runs_of(word: str) -> tuple[tuple[str, int], ...]:
    """Return the word's letters with how often each stands in a row."""
    return tuple((found[0][0], len(found[0])) for found in re.finditer(r"(.)\1*", word, re.DOTALL))
