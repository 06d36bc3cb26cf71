"""Fold a text: look-alikes, accents, invisible marks and case are gone, places are kept."""

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
