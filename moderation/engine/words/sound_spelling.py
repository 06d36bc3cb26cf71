"""Spell a word as it sounds, so that "phaggot" and "kabron" are found."""

import re
from functools import lru_cache

#: Too many innocent words share a shorter key.
SHORTEST_KEY = 5
DOUBLE = re.compile(r"([^\W\d])\1+")
#: Letters and what they sound like, in this order.
ENGLISH = (
    (re.compile("ph"), "f"),
    (re.compile("ck|q"), "k"),
    (re.compile("c(?=[eiy])|(?<!t)z"), "s"),  # "Kuntz" is a name
    (re.compile("c(?!h)"), "k"),
)
SPANISH = (
    (re.compile("qu(?=[ei])|ck|q|c(?![eihy])"), "k"),
    (re.compile("c(?=[eiy])|z"), "s"),
    (re.compile("(?<![cs])h"), ""),
    (re.compile("ll"), "y"),
    (re.compile("[vw]"), "b"),
    (re.compile("g(?=[ei])"), "j"),
)
SOUNDS = {"en": ENGLISH, "es": SPANISH}


@lru_cache(maxsize=16_384)
def sound_key(word: str, language: str) -> str:
    """Return what a folded word sounds like in a language; empty if that is too short."""
    for letters, sound in SOUNDS[language]:
        word = letters.sub(sound, word)
    key = DOUBLE.sub(r"\1", word)
    return f"{language} {key}" if len(key) >= SHORTEST_KEY else ""
