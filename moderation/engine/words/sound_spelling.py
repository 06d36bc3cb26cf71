"""Spell a word as it sounds: "phaggot" and "dikhead", "kabron" and "gilipoyas".

The spellings are made once, so that to look for them costs a text nothing.
"""

import re
from collections.abc import Iterator
from itertools import combinations

SHORTEST = 5
#: How many sounds of one word are spelled differently at the same time.
MOST_CHANGED = 3
#: Letters by language, with what they sound like.
SOUNDS = {
    "en": {"f": "ph", "ck": "k", "c": "k", "qu": "kw", "ss": "zz", "s": "z"},
    "es": {
        "qu": "k", "ce": "se", "ci": "si", "c": "k", "z": "s", "ll": "y", "v": "b", "b": "v",
        "ge": "je", "gi": "ji", "h": "", "s": "z",
    },
}  # fmt: skip
#: They sound otherwise: "ch" and "sh" are one sound each, and "Kuntz" is a name.
KEPT = ("ch", "sh", "ph", "ts")
LETTERS = {
    language: re.compile("|".join((*KEPT, *sorted(sounds, key=len, reverse=True))))
    for language, sounds in SOUNDS.items()
}


def spellings_of(word: str, language: str) -> Iterator[str]:
    """Yield how a folded word is also written by its sound; nothing for short words."""
    if language not in SOUNDS:
        return
    sounds = SOUNDS[language]
    found = [one for one in LETTERS[language].finditer(word) if one[0] in sounds]
    for count in range(1, MOST_CHANGED + 1):
        for changed in combinations(found, count):
            spelled, end = "", 0
            for one in changed:
                spelled += word[end : one.start()] + sounds[one[0]]
                end = one.end()
            spelled += word[end:]
            if len(spelled) >= SHORTEST:  # "Fuks" is a name.
                yield spelled
