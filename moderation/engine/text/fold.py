"""Fold a text: remove look-alikes, accents, invisible marks and case, but keep the places."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from moderation.engine.data import lookalikes
from moderation.engine.text.borrowed_letters import BORROWED, BORROWED_LETTERS, borrowed_letters
from moderation.engine.text.reading_order import (
    HIDING,
    MAY_HIDE,
    OVERRIDDEN,
    OVERRIDE,
    TURNED_LETTERS,
    UPSIDE_DOWN,
    reading_order,
    upside_down_spans,
)

#: The most characters that one may unfold into, so that ligatures cannot blow a text up.
MAX_UNFOLDED = 4
INVISIBLE = frozenset({"Me", "Cf"})
#: Marks over and under letters: general ones, Hebrew and Arabic vowels, old Cyrillic, selectors.
DECORATION = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef]"
)
#: Marks that most writers leave out, and what stretches an Arabic word.
UNWRITTEN = re.compile(
    "[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\ufe00-\ufe0f]"
)
HANGUL = re.compile("[\uac00-\ud7a3]")
ARABIC = re.compile("[\u0600-\u06ff]")
#: Signs that are letters inside a word: "b¡tch", "idi°t".
INVERTED_MARK, DEGREE = "¡", "°"
#: What is read by what stands beside it.
IN_CONTEXT = re.compile(f"[{HIDING}{TURNED_LETTERS}{BORROWED_LETTERS}{INVERTED_MARK}{DEGREE}]")
#: Letters of no sound, which are shown as blanks.
FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
SURROGATES = re.compile("[\ud800-\udfff]")
LETTER_A = ord("a")
#: First code points of alphabets that Unicode does not decompose: boxed, circled, flags.
ENCLOSED_ALPHABETS = (0x1F150, 0x1F170, 0x1F1E6)


@dataclass(frozen=True, slots=True)
class TextView:
    """A text as the matchers read it, with the original place of each character."""

    text: str
    origin: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original text of view[start:end]."""
        first, last = self.origin[start], self.origin[end - 1]
        # What a right-to-left override turns round stands the other way in the original.
        return min(first, last), max(first, last) + 1

    def without(self, spans: Sequence[tuple[int, int]]) -> "TextView":
        """Return the view with blanks for what stands in these spans of the original text."""
        if not spans:
            return self
        left_out = {place for span in spans for place in range(*span)}
        letters = zip(self.text, self.origin, strict=True)
        kept = (" " if place in left_out else letter for letter, place in letters)
        return TextView("".join(kept), self.origin)


def without_surrogates(text: str) -> str:
    """Return the text with each lone surrogate replaced, because the matchers refuse them."""
    return text if text.isascii() else SURROGATES.sub("\ufffd", text)


def fold(text: str) -> TextView:
    """Return the text in plain small letters."""
    if text.isascii():
        if (text.isprintable() and "\\" not in text) or not MAY_HIDE.search(text):
            return TextView(text.lower(), range(len(text)))
        order: Sequence[int] = reading_order(text, [])
        return TextView("".join(map(text.lower().__getitem__, order)), order)
    order = range(len(text))
    if IN_CONTEXT.search(text):
        order, pieces = _in_context(text)
    else:
        pieces = list(map(fold_character, text))
    folded = "".join(pieces)
    if not all(map((1).__eq__, map(len, pieces))):
        order = [place for place, piece in zip(order, pieces, strict=True) for _ in piece]
    if BORROWED.search(folded):
        # In words that mix alphabets only now: a second fold must find no more.
        letters = list(folded)
        for place, letter in borrowed_letters(folded, fold_character):
            letters[place] = letter
        folded = "".join(letters)
    return TextView(folded, order)


def _in_context(text: str) -> tuple[list[int], list[str]]:
    """Return the places of a text as they are read, and what stands there in small letters."""
    upside_down = [*upside_down_spans(text)]
    order = reading_order(text, upside_down)
    known = {
        at: UPSIDE_DOWN[text[at]]
        for span in upside_down
        for at in range(*span)
        if text[at] in UPSIDE_DOWN
    }
    if OVERRIDE in text:
        # Between what is read backwards and forwards.
        known.update((found.start(), " ") for found in OVERRIDDEN.finditer(text))
    if BORROWED.search(text):
        known.update(borrowed_letters(text, fold_character))
    pieces = list(map(fold_character, map(text.__getitem__, order)))
    if known:
        pieces = [known.get(place, piece) for place, piece in zip(order, pieces, strict=True)]
    _read_signs_in_words(pieces)
    return order, pieces


def _read_signs_in_words(pieces: list[str]) -> None:
    """Read signs that open a sentence or follow a number as letters inside a word."""
    if INVERTED_MARK not in pieces and DEGREE not in pieces:
        return
    visible = [at for at, piece in enumerate(pieces) if piece]
    for before, at, after in zip(visible, visible[1:], [*visible[2:], None], strict=False):
        if not pieces[before][-1].isalpha():
            continue
        if pieces[at] == INVERTED_MARK:
            pieces[at] = "i"
        elif pieces[at] == DEGREE and after and pieces[after][0].isalpha():
            pieces[at] = "o"


@lru_cache(maxsize=16_384)
def fold_character(character: str) -> str:
    """Return one character in plain small letters; empty if it is invisible."""
    if character in "ñÑ":
        return "ñ"  # A letter of its own: "cono" is not "coño".
    if character in FILLERS:
        return " "
    if HANGUL.match(character):
        return character  # The parts of a syllable would match inside others.
    if character in lookalikes():
        return lookalikes()[character]
    code = ord(character)
    for first in ENCLOSED_ALPHABETS:
        if first <= code < first + 26:
            return chr(LETTER_A + code - first)
    pieces = unicodedata.normalize("NFKD", character)[:MAX_UNFOLDED]
    visible = (piece for piece in pieces if not is_invisible(piece))
    return "".join(map(_small_letter, visible))[:MAX_UNFOLDED]


def _small_letter(piece: str) -> str:
    if not piece.isascii() and (digit := unicodedata.digit(piece, -1)) >= 0:
        return str(digit)
    small = lookalikes().get(piece, piece).casefold()
    return lookalikes().get(small, small)


def is_invisible(character: str) -> bool:
    """Say whether a sign is invisible or only decorates a letter.

    Marks that make another letter of theirs are neither: Indic vowels, kana voicing, Thai tones.
    """
    category = unicodedata.category(character)
    return category in INVISIBLE or (category == "Mn" and bool(DECORATION.match(character)))


@lru_cache(maxsize=4_096)
def exact_form(text: str) -> str:
    """Return a text without differences of case, width, blanks and invisible signs.

    Accents stay, except the vowel marks of Arabic and Hebrew, which are usually not written. The
    keyboards' variants of Arabic letters are one letter.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    signs = (
        lookalikes()[sign] if ARABIC.match(sign) and sign in lookalikes() else sign
        for sign in unicodedata.normalize("NFKC", text).casefold()
        if unicodedata.category(sign) not in INVISIBLE and not UNWRITTEN.match(sign)
    )
    return " ".join("".join(signs).split())
