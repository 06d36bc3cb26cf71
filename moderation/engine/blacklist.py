"""A project's own words and regular expressions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from moderation.engine.matches import Category
from moderation.engine.normalization import View
from moderation.engine.pattern_check import PatternError, validate_pattern
from moderation.engine.patterns import Pattern, PatternHit, PatternSet
from moderation.engine.reading import Reading
from moderation.engine.wordlist import Entry, Hit, Wordlist, normal_form


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


@dataclass(frozen=True, slots=True)
class Blacklist:
    """A compiled list, and what changed since, for which compiling it anew would take too long."""

    words: Wordlist
    patterns: PatternSet
    #: Ids of entries that no longer count as compiled here.
    withdrawn: frozenset[str] = frozenset()
    newer: "Blacklist | None" = None

    def find_words(self, reading: Reading) -> Iterator[tuple[View, Hit]]:
        for view, hit in self.words.find(reading):
            if hit.entry.entry_id not in self.withdrawn:
                yield view, hit
        if self.newer:
            yield from self.newer.find_words(reading)

    def find_patterns(self, text: str) -> Iterator[PatternHit]:
        for hit in self.patterns.find(text):
            if hit.pattern.entry_id not in self.withdrawn:
                yield hit
        if self.newer:
            yield from self.newer.find_patterns(text)


def build_blacklist(entries: Iterable[BlacklistEntry], innocent: frozenset[str]) -> Blacklist:
    """Compile a list; a regular expression that cannot run is left out, not fatal."""
    listed = tuple(entries)
    plain = (_as_entry(entry) for entry in listed if not entry.is_regex)
    patterns = [_as_pattern(entry) for entry in listed if entry.is_regex and _runs(entry)]
    return Blacklist(Wordlist(plain, innocent), PatternSet(patterns))


def amend_blacklist(
    compiled: Blacklist,
    *,
    changed_ids: Iterable[str],
    entries: Iterable[BlacklistEntry],
    innocent: frozenset[str],
) -> Blacklist:
    """Return the list with those entries in place of all that had the changed ids.

    What an earlier amendment changed must be named again.
    """
    newer = build_blacklist(entries, innocent)
    return replace(compiled, withdrawn=frozenset(changed_ids), newer=newer)


def _as_entry(entry: BlacklistEntry) -> Entry:
    return Entry(
        word=entry.word,
        category=entry.category,
        score=entry.score,
        language=entry.language,
        entry_id=entry.id,
    )


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
        category=entry.category,
        score=entry.score,
        entry_id=entry.id,
    )
