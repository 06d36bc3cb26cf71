"""Listed words that other languages use innocently: "dalla" in Italian, "slut" in Swedish."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import normalize

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
#: Letters by which a language shows itself; English and Spanish have none of them.
LETTERS = {
    "ca": "àçèò", "cs": "ěščřžýůďť", "da": "åæø", "de": "äößü", "et": "äöõ", "fi": "äöå",
    "fr": "àâçèêëîôùûœ", "hu": "őűö", "is": "þðæö", "it": "àèìòù", "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž", "nb": "åæø", "pl": "ąćęłśźż", "pt": "ãõâêôàç", "ro": "ăâîșțşţ",
    "sh": "čćšžđ", "sk": "ščřžýľĺŕôäď", "sl": "čšž", "sv": "åäö", "tr": "ğışçö",
    "vi": "ăâđêôơưảạấầẩậắặẻẽẹếềểệỉĩịỏọốồổỗộớờợủũụứừửữựỷỹỵ",
}  # fmt: skip
#: Words that speak for the listed word, with the languages that have them, too.
OWN_WORDS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("you", "your", "youre", "ur", "she", "the", "this", "that", "these", "those", "what",
         "such", "with", "who", "why", "are", "and", "eres"), frozenset()),
    "a": frozenset(("ca", "cs", "fil", "fr", "hu", "is", "it", "pl", "pt", "ro", "sh", "sk", "vi")),
    "is": frozenset(("hu", "is", "nl")),
    "u": frozenset(("nl", "sh", "vi")),
    "was": frozenset(("de", "nl")),
}  # fmt: skip
#: Neighbours that only one of the languages has, though each word is common in others, too.
PAIRS = {
    "nl": (
        " van de ", " van het ", " van een ", " van mijn ", " in de ", " op de ", " met de ",
        " aan de ", " bij de ", " uit de ", " voor de ", " is de ", " om de ", " over de ",
    ),
}  # fmt: skip
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
    # Thousands of words share a few sets.
    set_of = cache(lambda languages: frozenset(languages.split()))
    return {word: set_of(languages) for word, languages, *_ in rows("common_words.tsv")}


#: A text may repeat a word thousands of times.
@lru_cache(maxsize=128)
def is_foreign(word: str, folded: str, text: str, *, is_roman_urdu: bool) -> bool:
    """Say whether a homograph is another language's word in this text.

    folded, text: in a view, and as sent. is_roman_urdu: the word is listed as Roman Urdu, whose
    other words speak for it.
    """
    homograph = homographs()[word]
    languages = homograph.languages
    words = words_of(folded)
    if is_roman_urdu and has_roman_urdu(folded, but=word):
        return False
    if homograph.is_usual and len(words) >= FEWEST_WORDS:
        return True
    others = [other for other in words if other != word]
    own = sum(other in OWN_WORDS and not OWN_WORDS[other] & languages for other in others)
    if not own and len(words) > 1 and _has_letters_of(languages, text):
        return True
    found = (_common_words().get(other) for other in others)
    common = sum(bool(one and one & languages) for one in found) - own
    if common > 0 and common * WORDS_PER_COMMON_WORD >= len(words):
        return True
    rest = " ".join(others)
    if any(pair in f" {rest} " for tag in languages for pair in PAIRS.get(tag, ())):
        return True
    is_long = len(words) > FEWEST_WORDS and len(rest) >= FEWEST_LETTERS
    return is_long and detected_language(rest) in {DETECTED.get(tag, tag) for tag in languages}


def _has_letters_of(languages: frozenset[str], text: str) -> bool:
    letters = frozenset(normalize("NFC", text).lower())
    return any(not letters.isdisjoint(LETTERS.get(language, "")) for language in languages)
