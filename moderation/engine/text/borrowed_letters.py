"""Read letters of other alphabets that stand for Latin ones in a word that mixes alphabets.

`Ŧยςк`, `b€tch`, `ni🅱🅱a`. A word wholly in one alphabet is read as it is written.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from moderation.engine.text.ordinary import is_ordinary

#: What may stand for each letter; signs of currencies, too, if no number stands beside them.
STAND_INS = {
    "a": "ค₳", "b": "๒฿₿", "c": "ς८℃₵₡", "d": "๔∂₫", "e": "€", "f": "₣Ŧ", "g": "ﻮ₲", "h": "ђ",
    "i": "เ", "j": "ן", "k": "қҟҡӄ₭", "l": "₤₺£լ", "m": "๓ണ₥₼", "n": "ภղ₦", "o": "๏", "p": "ק₱₽ք",
    "r": "૨", "s": "ร₴", "t": "եէ₮₸", "u": "ยմ", "v": "ש", "w": "ฬ₩", "x": "א", "y": "ץվ",
}  # fmt: skip
MEANT: Mapping[str, str] = {sign: letter for letter, signs in STAND_INS.items() for sign in signs}
BOXED_B, CURRENCY = "🅱", "CURRENCY"
#: These alone make no word mixed: each is also the look-alike of another letter.
AMBIGUOUS = "Ŧ"
BORROWED_LETTERS = "".join(MEANT.keys() - set(AMBIGUOUS)) + BOXED_B
#: What is left of a quotation mark that was decoded wrongly: "â€™".
MISREAD = re.compile("[aâ]€")
BORROWED = re.compile(f"[{BORROWED_LETTERS}]")
TOKEN = re.compile(r"[^\s.,!?;:\"()\[\]/]+")
SHORTEST, LONGEST = 3, 40


def borrowed_letters(text: str, fold_character: Callable[[str], str]) -> Iterator[tuple[int, str]]:
    """Yield the places of borrowed letters in a text, and the letters that they stand for."""
    for token in TOKEN.finditer(text):
        word = token[0]
        if not (SHORTEST <= len(word) <= LONGEST and BORROWED.search(word)):
            continue
        if BOXED_B in word:
            yield from _boxed(word, token.start(), fold_character)
        elif is_mixed(word) and not MISREAD.search(word):
            letters = [MEANT.get(sign) or fold_character(sign) for sign in word]
            if is_latin("".join(letters)):
                yield from enumerate(letters, token.start())


def is_latin(reading: str) -> bool:
    return reading.isascii() and reading.isalpha()


def is_mixed(word: str) -> bool:
    """Say whether a word has letters of two alphabets, or signs of currencies inside."""
    alphabets = [_alphabet(sign) for sign in word]
    if alphabets.count(CURRENCY) == 1 and CURRENCY not in alphabets[1:-1]:
        return False  # A price: "EUR€", "€uro".
    return len(set(alphabets) - {""}) > 1


def _alphabet(sign: str) -> str:
    if sign.isascii():
        return "LATIN" if sign.isalpha() else ""
    if unicodedata.category(sign) == "Sc":
        return CURRENCY
    return unicodedata.name(sign, "").partition(" ")[0] if sign in MEANT or sign.isalpha() else ""


def _boxed(
    word: str, start: int, fold_character: Callable[[str], str]
) -> Iterator[tuple[int, str]]:
    """Read the boxed b as in "ni🅱🅱a" and "fuc🅱", where the reader hears the letter meant."""
    letters = [fold_character(sign) for sign in word]
    reading = "".join(letters)
    if not reading.isalpha() or is_ordinary(reading):
        return
    visible = [at for at, letter in enumerate(letters) if letter]
    boxes = [number for number, at in enumerate(visible) if word[at] == BOXED_B]
    for number in boxes:
        pair = [at for at in (number - 1, number + 1) if at in boxes]
        if pair and min(*pair, number) > 0 and max(*pair, number) < len(visible) - 1:
            yield start + visible[number], "g"
        elif number and letters[visible[number - 1]] == "c":
            yield start + visible[number], "k"
