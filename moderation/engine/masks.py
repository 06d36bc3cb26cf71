"""Find listed words of which some letters were starred out: "f*ck", "b#tch", "n****r"."""

import re
from collections.abc import Collection, Iterator, Mapping

MASKED = re.compile(r"(?<![^\W_])[a-z]{1,12}[*#@$%&\u2022_]{1,10}[a-z]{0,12}(?![^\W_])")
#: Stars at several places: "f*ck*ng", "b*tch**".
STARRED = re.compile(
    r"(?<![^\W_])[a-z]{1,12}\*{1,10}[a-z]{1,12}(?:\*{1,10}[a-z]{1,12}){0,4}\*{0,10}(?![^\W_])"
)
#: A star, and letters beyond it.
STAR_AND_MORE = re.compile(r"\*{1,10}[a-z]")
STAR = "*"
#: What follows a mask in the same word.
REST = re.compile(r"[*a-z]{1,24}")
MOST_STARS = 12
HIDDEN = re.compile(r"[^a-z]")
VOWELS = frozenset("aeiou")
#: Words this short look like too many others once masked.
SHORTEST = 4
#: Two letters may be hidden side by side in words of this length.
SHORTEST_OF_TWO = 6
#: So many words of one first letter, last letter and length are tried.
MOST_ALIKE = 64


class Masks:
    """Words by what a masked writing still shows of them: both ends and the length.

    usual: masks that everybody reads, however much they hide; innocent: masks that are not read,
    because common words look the same in them.
    """

    def __init__(
        self, usual: Mapping[str, str] | None = None, innocent: Collection[str] = ()
    ) -> None:
        self._usual = usual or {}
        self._innocent = innocent
        # Keys and words are texts, not tuples: the collector need not walk through a long list.
        self._alike: dict[str, list[str]] = {}

    def add(self, word: str) -> None:
        if len(word) < SHORTEST or not word.isalpha() or not word.isascii():
            return
        for last in (word[-1], "*"):
            self._alike.setdefault(f"{word[0]}{last}{len(word)}", []).append(word)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the places of masked words in a folded text."""
        has_stars = text.count(STAR) > 1
        common = self.innocent_in(text) if has_stars else set()
        for pattern in (MASKED, STARRED) if has_stars else (MASKED,):
            for found in pattern.finditer(text):
                mask = HIDDEN.sub("*", found[0])
                is_word = found.start() not in common and self._stands_alone(found, mask)
                if is_word and (word := self.read(mask)):
                    yield *found.span(), word

    def _stands_alone(self, found: re.Match[str], mask: str) -> bool:
        """Say whether it is no part of a longer mask: "f*ck*you" is two, "c*nt*ct" is one word."""
        text, (start, end) = found.string, found.span()
        if not is_piece(text, start, end):
            return True
        rest = REST.match(text, end)
        return mask in self._usual and rest is not None and not VOWELS.isdisjoint(rest[0])

    def innocent_in(self, text: str) -> set[int]:
        """Return the places in a folded text of masks behind which a common word may stand."""
        return {
            place
            for pattern in (MASKED, STARRED)
            for found in pattern.finditer(text)
            if HIDDEN.sub("*", found[0]) in self._innocent
            for place in range(*found.span())
        }

    def read(self, mask: str) -> str | None:
        """Return what a word with stars for letters stands for, if anything."""
        if mask in self._usual:
            return self._usual[mask]
        if mask in self._innocent:
            return None
        alike = self._alike.get(f"{mask[0]}{mask[-1]}{len(mask)}", ())
        return next((word for word in alike[:MOST_ALIKE] if is_mask_of(word, mask)), None)


def is_piece(text: str, start: int, end: int) -> bool:
    """Say whether text[start:end] is a word's piece between letters that are starred out."""
    before = text[max(0, start - MOST_STARS) : start]
    return bool(STAR_AND_MORE.match(text, end)) or (
        before.endswith(STAR) and before.rstrip(STAR)[-1:].isalpha()
    )


def is_mask_of(word: str, mask: str) -> bool:
    """Say whether a mask of the same length hides one letter, every vowel or two neighbours."""
    hidden = [place for place, sign in enumerate(mask) if sign == "*"]
    if any(sign not in ("*", letter) for sign, letter in zip(mask, word, strict=True)):
        return False
    if len(hidden) == 1:
        return True
    if len(hidden) == 2 and hidden[1] == hidden[0] + 1:
        return len(word) >= SHORTEST_OF_TWO
    return hidden == [at for at, letter in enumerate(word) if at and letter in VOWELS]
