"""Give the many Roman Urdu spellings of one word the same key."""

import re
from functools import lru_cache

RUN = re.compile(r"(.)\1+")
WRITTEN = (("ch", "C"), ("sh", "S"), ("ph", "f"))
ASPIRATED = re.compile("(?<=[bcdgjkptrC])h")
SAME_SOUND = str.maketrans("qzxw", "kjjv")
FINAL_H = re.compile("(?<=[aeou])h$")
LONG_I = re.compile("ee|ea|ie|ey|ay|ai")
LONG_U = re.compile("oo|ou|au")
INNER_VOWEL = re.compile(r"(?<=.)[aeiouy](?=.)")
FINAL_VOWELS = str.maketrans("eyou", "iiuu")
#: Shorter keys are shared by too many innocent words.
SHORTEST_KEY = 4


@lru_cache(maxsize=16_384)
def phonetic_key(word: str) -> str:
    """Return the key of a folded word; spellings of one word share it."""
    key = word
    for letters, sound in WRITTEN:
        key = key.replace(letters, sound)
    key = ASPIRATED.sub("", key).translate(SAME_SOUND)
    key = FINAL_H.sub("", key)
    key = LONG_U.sub("u", LONG_I.sub("i", key))
    key = RUN.sub(r"\1", INNER_VOWEL.sub("", RUN.sub(r"\1", key)))
    return key[:-1] + key[-1:].translate(FINAL_VOWELS)
