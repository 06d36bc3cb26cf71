"""Find listed words with letters replaced by asterisks: "f*ck", "b#tch", "n****r"."""

import re
from collections.abc import Collection, Iterator, Mapping

CENSORED = re.compile(r"(?<![^\W_])[a-z]{1,12}[*#@$%&\u2022_]{1,10}[a-z]{0,12}(?![^\W_])")
#: Asterisks at several places: "f*ck*ng", "b*tch**".
CENSORED_OFTEN = re.compile(
    r"(?<![^\W_])[a-z]{1,12}\*{1,10}[a-z]{1,12}(?:\*{1,10}[a-z]{1,12}){0,4}\*{0,10}(?![^\W_])"
)
#: Asterisks and a letter after them.
ASTERISKS_AND_LETTER = re.compile(r"\*{1,10}[a-z]")
ASTERISK = "*"
#: The rest of the word after a mask.
REST = re.compile(r"[*a-z]{1,24}")
MOST_ASTERISKS = 12
HIDDEN = re.compile(r"[^a-z]")
VOWELS = frozenset("aeiou")
#: Words this short look like too many others once masked.
SHORTEST = 4
#: Words of this length may hide two adjacent letters.
SHORTEST_OF_TWO = 6
#: The most words with the same first letter, last letter and length to try.
MOST_ALIKE = 64


class CensoredWords:
    """Words by what their censored form still shows: both ends and the length.

    usual: masks that everybody understands, however much they hide; innocent: masks that are
    ignored because common words look the same.
    """

    def __init__(
        self, usual: Mapping[str, str] | None = None, innocent: Collection[str] = ()
    ) -> None:
        self._usual = usual or {}
        self._innocent = innocent
        # Keys and words are strings, not tuples, so that the garbage collector skips them.
        self._alike: dict[str, list[str]] = {}

    def add(self, word: str) -> None:
        if len(word) < SHORTEST or not word.isalpha() or not word.isascii():
            return
        for last in (word[-1], ASTERISK):
            self._alike.setdefault(f"{word[0]}{last}{len(word)}", []).append(word)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the spans of censored words in a folded text, with the words."""
        has_asterisks = text.count(ASTERISK) > 1
        innocent = self.innocent_in(text) if has_asterisks else set()
        for pattern in (CENSORED, CENSORED_OFTEN) if has_asterisks else (CENSORED,):
            for found in pattern.finditer(text):
                start, end = found.span()
                mask = HIDDEN.sub(ASTERISK, found[0])
                if start in innocent:
                    continue
                if is_piece(text, start, end):
                    # "f*ck*you" is two words, but "c*nt*ct" is one.
                    rest = REST.match(text, end)
                    if mask not in self._usual or rest is None or VOWELS.isdisjoint(rest[0]):
                        continue
                if word := self.read(mask):
                    yield start, end, word

    def innocent_in(self, text: str) -> set[int]:
        """Return the places of masks in a folded text that may hide a common word."""
        return {
            place
            for pattern in (CENSORED, CENSORED_OFTEN)
            for found in pattern.finditer(text)
            if HIDDEN.sub(ASTERISK, found[0]) in self._innocent
            and not is_piece(text, *found.span())
            for place in range(*found.span())
        }

    def read(self, mask: str) -> str | None:
        """Return the word behind a mask, if any."""
        if mask in self._usual:
            return self._usual[mask]
        if mask in self._innocent:
            return None
        alike = self._alike.get(f"{mask[0]}{mask[-1]}{len(mask)}", ())
        return next((word for word in alike[:MOST_ALIKE] if is_mask_of(word, mask)), None)


def is_piece(text: str, start: int, end: int) -> bool:
    """Say whether text[start:end] is a piece of a word between censored letters."""
    before = text[max(0, start - MOST_ASTERISKS) : start]
    return bool(ASTERISKS_AND_LETTER.match(text, end)) or (
        before.endswith(ASTERISK) and before.rstrip(ASTERISK)[-1:].isalpha()
    )


def is_mask_of(word: str, mask: str) -> bool:
    """Say whether a mask of the same length hides one letter, only vowels, or two neighbours."""
    hidden = [place for place, sign in enumerate(mask) if sign == ASTERISK]
    if any(sign not in (ASTERISK, letter) for sign, letter in zip(mask, word, strict=True)):
        return False
    if len(hidden) == 1:
        return True
    if len(hidden) == 2 and hidden[1] == hidden[0] + 1:
        return len(word) >= SHORTEST_OF_TWO
    if len(word) >= SHORTEST_OF_TWO and hidden and all(word[place] in VOWELS for place in hidden):
        return True
    return hidden == [at for at, letter in enumerate(word) if at and letter in VOWELS]
