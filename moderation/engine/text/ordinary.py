"""Ordinary words, names and places of many languages, which no disguise may be read into.

The words are in a Bloom filter, which `training/guard.py` builds: about one other word in 100 also
counts as ordinary, and no ordinary word is missed.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from importlib import resources

FILE = "ordinary_words.bin"
BITS_PER_WORD = 10
#: How many bits each word sets; the best number for ten bits a word.
BITS_SET = 7
FEWEST_LETTERS = 2


class WordSet:
    """A set of words that may wrongly contain about one word in 100."""

    def __init__(self, bits: bytes) -> None:
        self._bits = bits
        self._size = len(bits) * 8

    def __contains__(self, word: str) -> bool:
        bits, size = self._bits, self._size
        place, step = _first_and_step(word)
        for _ in range(BITS_SET):
            bit = place % size
            if not bits[bit >> 3] >> (bit & 7) & 1:
                return False
            place += step
        return True


def places_of(word: str, size: int) -> Iterator[int]:
    """Yield the bits that a word sets in a filter of `size` bits."""
    first, step = _first_and_step(word)
    return ((first + step * number) % size for number in range(BITS_SET))


def _first_and_step(word: str) -> tuple[int, int]:
    digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little") | 1


@cache
def ordinary_words() -> WordSet:
    """Return the words in small letters, and those of Latin script also without accents."""
    return WordSet(resources.files("moderation.engine.data").joinpath(FILE).read_bytes())


def is_ordinary(word: str) -> bool:
    """Say whether a word in small letters, as written or folded, is an ordinary one."""
    is_word = len(word) >= FEWEST_LETTERS and (word.isalpha() or not word.isascii())
    return is_word and word in ordinary_words()
