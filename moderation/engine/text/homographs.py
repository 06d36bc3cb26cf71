"""Listed words that other languages use innocently: "dalla" in Italian, "slut" in Swedish."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from moderation.engine.data import rows
from moderation.engine.text.detection import detected_language
from moderation.engine.text.language import has_roman_urdu
from moderation.engine.text.tokens import words_of

#: A text is in a language if one word in so many is among its commonest.
WORDS_PER_COMMON_WORD = 6
#: Stands among the languages of a word that is also a name.
NAME = "name"
#: Shorter texts give no clue to their language.
FEWEST_WORDS = 3
#: So many letters of other words show a text's language.
FEWEST_LETTERS = 12
#: What detection calls a language, where it is not the same: of near relatives it knows one.
DETECTED = {"nb": "no", "sh": "hr", "ms": "id"}


@dataclass(frozen=True, slots=True)
class Homograph:
    languages: frozenset[str]
    #: It means the other word wherever nothing speaks for the listed one.
    is_usual: bool
    #: It is also somebody's name.
    is_name: bool


@cache
def homographs() -> Mapping[str, Homograph]:
    """Return the folded words with the languages that use them innocently."""
    return {
        word: Homograph(
            frozenset(languages.split()) - {NAME}, is_usual == "yes", NAME in languages.split()
        )
        for word, languages, is_usual, *_ in rows("homographs.tsv")
    }


@cache
def _common_words() -> Mapping[str, frozenset[str]]:
    """Return the commonest words of these languages, without those of English and Spanish."""
    return {word: frozenset(languages.split()) for word, languages, *_ in rows("common_words.tsv")}


def is_foreign(word: str, folded: str, *, is_roman_urdu: bool) -> bool:
    """Say whether a homograph is another language's word in this folded text.

    is_roman_urdu: the word is listed as Roman Urdu, whose other words speak for it.
    """
    homograph = homographs()[word]
    words = words_of(folded)
    if is_roman_urdu and has_roman_urdu(folded, but=word):
        return False
    if homograph.is_usual and len(words) >= FEWEST_WORDS:
        return True
    others = (_common_words().get(other) for other in words if other != word)
    common = sum(bool(found and found & homograph.languages) for found in others)
    if common > 0 and common * WORDS_PER_COMMON_WORD >= len(words):
        return True
    rest = " ".join(other for other in words if other != word)
    if len(words) <= FEWEST_WORDS or len(rest) < FEWEST_LETTERS:
        return False
    return detected_language(rest) in {DETECTED.get(tag, tag) for tag in homograph.languages}
