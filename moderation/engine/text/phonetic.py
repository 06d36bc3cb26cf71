"""Recognise the many Roman Urdu spellings of one word."""

import re
from functools import lru_cache

RUN = re.compile(r"(.)\1+")
DOUBLE_CONSONANT = re.compile(r"([^aeiouy])\1+")
WRITTEN = (("ch", "C"), ("sh", "S"), ("ph", "f"))
ASPIRATED = re.compile("(?<=[bcdgjkptrC])h")
SAME_SOUND = str.maketrans("qzxw", "kjjv")
FINAL_H = re.compile("(?<=[aeou])h$")
LONG_I = re.compile("ee|ea|ie|ey|ay|ai")
LONG_U = re.compile("oo|ou|au")
INNER_VOWEL = re.compile(r"(?<=.)[aeiouy](?=.)")
FINAL_VOWELS = str.maketrans("eyou", "iiuu")
#: A consonant and the vowels behind it; the first of a word may be missing.
SYLLABLE = re.compile(r"([^aeiouy]?)([aeiouy]*)")
#: Vowels that sound alike, in the order of a run: "iya", "ya" and "ia" are one.
SAME_VOWEL = str.maketrans("eyou", "iiuu")
#: How a short "a" is also written.
SHORT_A = frozenset({"a", "e", "i", "u"})
#: Too many innocent words share a shorter key.
SHORTEST_KEY = 4


@lru_cache(maxsize=16_384)
def phonetic_key(word: str) -> str:
    """Return the key that all spellings of a folded word share: its consonants and its ends."""
    key = LONG_U.sub("u", LONG_I.sub("i", _sounds(word)))
    key = INNER_VOWEL.sub("", RUN.sub(r"\1", key))
    return key[:-1] + key[-1:].translate(FINAL_VOWELS)


def sounds_like(word: str, written: str) -> bool:
    """Say whether a token that shares a listed word's key has its vowels, too.

    The token may leave out a vowel, and may write a short "a" as another short vowel.
    """
    listed, heard = SYLLABLE.findall(_sounds(word)), SYLLABLE.findall(_sounds(written))
    if len(listed) != len(heard):
        return False
    for (_, meant), (_, seen) in zip(listed, heard, strict=True):
        is_left_out = not seen and bool(meant)
        is_short_a = meant == "a" and seen in SHORT_A
        if not (is_left_out or is_short_a or _vowel(meant) == _vowel(seen)):
            return False
    return True


def _sounds(word: str) -> str:
    """Return a word with one letter for each sound but its vowels as written."""
    for letters, sound in WRITTEN:
        word = word.replace(letters, sound)
    word = ASPIRATED.sub("", word).translate(SAME_SOUND)
    return FINAL_H.sub("", DOUBLE_CONSONANT.sub(r"\1", word))


def _vowel(vowels: str) -> str:
    """Return one sign for vowels that sound alike."""
    long = LONG_U.sub("u", LONG_I.sub("i", vowels))
    return RUN.sub(r"\1", long.translate(SAME_VOWEL))
