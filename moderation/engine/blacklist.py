"""A project's own words and regular expressions."""

from collections.abc import Iterable
from dataclasses import dataclass

from moderation.engine.matches import Category
from moderation.engine.pattern_check import PatternError, validate_pattern
from moderation.engine.patterns import Pattern, PatternSet
from moderation.engine.wordlist import Entry, Wordlist, normal_form


@dataclass(frozen=True, slots=True)
class BlacklistEntry:
    id: str
    word: str
    category: Category
    score: float
    is_regex: bool = False
    language: str = "*"


class WordError(ValueError):
    """A word cannot be listed because nothing of it would be looked for."""


def validate_word(word: str) -> None:
    """Raise WordError for a word of which normalisation leaves nothing visible."""
    if not normal_form(word):
        raise WordError("the word has no visible character, so it would never match")


def build_words(entries: Iterable[BlacklistEntry], innocent: frozenset[str]) -> Wordlist:
    plain = (entry for entry in entries if not entry.is_regex)
    return Wordlist((_as_entry(entry) for entry in plain), innocent)


def _as_entry(entry: BlacklistEntry) -> Entry:
    return Entry(
        word=entry.word,
        category=Category(entry.category),
        score=entry.score,
        language=entry.language,
        entry_id=entry.id,
    )


def build_patterns(entries: Iterable[BlacklistEntry]) -> PatternSet:
    """Compile the regular expressions; one that cannot run is left out, not fatal."""
    return PatternSet([_as_pattern(entry) for entry in entries if entry.is_regex and _runs(entry)])


def _runs(entry: BlacklistEntry) -> bool:
    try:
        validate_pattern(entry.word)
    except PatternError:
        return False
    return True


def _as_pattern(entry: BlacklistEntry) -> Pattern:
    return Pattern(
        expression=entry.word,
        word=entry.word,
        category=Category(entry.category),
        score=entry.score,
        entry_id=entry.id,
    )
