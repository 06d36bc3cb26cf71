"""Give the many Roman Urdu spellings of one word the same key."""

import re
from functools import lru_cache

RUN = re.compile(r"(.)\1+")
SOUNDS = (
    (re.compile("ch"), "C"),
    (re.compile("sh"), "S"),
    (re.compile("ph"), "f"),
    (re.compile("(?<=[bcdgjkptrC])h"), ""),
    (re.compile("q"), "k"),
    (re.compile("[zx]"), "j"),
    (re.compile("w"), "v"),
    (re.compile("ee|ea|ie|ey|ay|ai"), "i"),
    (re.compile("oo|ou|au"), "u"),
)
INNER_VOWEL = re.compile(r"(?<=.)[aeiouy](?=.)")
FINAL_VOWELS = str.maketrans("eyou", "iiuu")
#: Shorter keys are shared by too many innocent words.
SHORTEST_KEY = 4


@lru_cache(maxsize=16_384)
def phonetic_key(word: str) -> str:
    """Return the key of a folded word; spellings of one word share it."""
    key = word
    for sound, sign in SOUNDS:
        key = sound.sub(sign, key)
    key = RUN.sub(r"\1", INNER_VOWEL.sub("", RUN.sub(r"\1", key)))
    return key[:-1] + key[-1:].translate(FINAL_VOWELS)
