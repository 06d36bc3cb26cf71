"""Write Hindi words in Latin letters, in the spellings that people who chat use."""

import itertools
import re
from collections.abc import Iterator

CONSONANTS = {
    "क": "k", "ख": "kh", "ग": "g", "घ": "gh", "ङ": "n", "च": "ch", "छ": "chh", "ज": "j",
    "झ": "jh", "ञ": "n", "ट": "t", "ठ": "th", "ड": "d", "ढ": "dh", "ण": "n", "त": "t", "थ": "th",
    "द": "d", "ध": "dh", "न": "n", "प": "p", "फ": "ph", "ब": "b", "भ": "bh", "म": "m", "य": "y",
    "र": "r", "ल": "l", "व": "v", "श": "sh", "ष": "sh", "स": "s", "ह": "h", "ळ": "l",
}  # fmt: skip
DOTTED = {"क": "q", "ख": "kh", "ग": "gh", "ज": "z", "ड": "r", "ढ": "rh", "फ": "f", "य": "y"}
#: Each vowel, short and as it is often drawn out.
VOWELS = {
    "अ": ("a",), "आ": ("a", "aa"), "इ": ("i",), "ई": ("i", "ee"), "उ": ("u",), "ऊ": ("u", "oo"),
    "ए": ("e", "ay"), "ऐ": ("ai", "e"), "ओ": ("o",), "औ": ("au", "o"), "ऋ": ("ri",), "ऑ": ("o",),
}  # fmt: skip
SIGNS = {
    "ा": VOWELS["आ"], "ि": VOWELS["इ"], "ी": VOWELS["ई"], "ु": VOWELS["उ"], "ू": VOWELS["ऊ"],
    "े": VOWELS["ए"], "ै": VOWELS["ऐ"], "ो": VOWELS["ओ"], "ौ": VOWELS["औ"], "ृ": VOWELS["ऋ"],
    "ॉ": VOWELS["ऑ"],
}  # fmt: skip
VIRAMA, DOT = "्", "़"
NASAL = frozenset("ंँ")
#: An unwritten vowel between two syllables is dropped: "kamana" is "kamna".
DROPPED = re.compile(
    r"(?<=[aeiou])((?:chh|[bcdgjkpt]h|[a-z]))A(?=(?:chh|[bcdgjkpt]h|[a-z])[aeiou])"
)
MOST_SPELLINGS = 12
#: Letters that people exchange.
EXCHANGED = (("v", "w"), ("chh", "ch"), ("ph", "f"), ("q", "k"), ("z", "j"))


def spellings(word: str) -> set[str]:
    """Return the usual spellings of a Hindi word in Latin letters; none for other words."""
    parts = list(_parts(word))
    if not parts or not all(parts):
        return set()
    found: set[str] = set()
    for pieces in itertools.islice(itertools.product(*parts), MOST_SPELLINGS):
        spelling = "".join(pieces)
        if len(spelling) > 2:
            spelling = spelling.removesuffix("A")
        # From right to left, because each dropped vowel protects the one before it.
        while (last := list(DROPPED.finditer(spelling))) and last[-1]:
            place = last[-1].end() - 1
            spelling = spelling[:place] + spelling[place + 1 :]
        spelling = spelling.replace("A", "a")
        found.add(spelling)
        for usual, other in EXCHANGED:
            found.add(spelling.replace(usual, other))
    return found


def _parts(word: str) -> Iterator[tuple[str, ...]]:
    """Yield the possible spellings of each sign; a sign that is unknown has none."""
    letters = list(word)
    for at, letter in enumerate(letters):
        following = letters[at + 1 : at + 2]
        if letter in CONSONANTS:
            is_dotted = following == [DOT]
            sound = DOTTED.get(letter, CONSONANTS[letter]) if is_dotted else CONSONANTS[letter]
            after = letters[at + 2 : at + 3] if is_dotted else following
            has_own_vowel = bool(after) and (after[0] in SIGNS or after[0] == VIRAMA)
            yield (sound,) if has_own_vowel else (f"{sound}A",)
        elif letter in VOWELS:
            yield VOWELS[letter]
        elif letter in SIGNS:
            yield SIGNS[letter]
        elif letter in NASAL:
            yield ("n",)
        elif letter in (VIRAMA, DOT):
            continue
        else:
            yield ()
