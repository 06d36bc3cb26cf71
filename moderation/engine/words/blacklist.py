"""A project's own words and regular expressions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from moderation.engine.detectors.regex_check import PatternError, validate_pattern
from moderation.engine.detectors.regexes import Limit, Pattern, PatternHit, PatternSet
from moderation.engine.giving_way import give_way
from moderation.engine.matches import Category
from moderation.engine.text.fold import TextView
from moderation.engine.text.views import TextViews
from moderation.engine.words.entries import Entry, Hit, normal_form
from moderation.engine.words.wordlist import Wordlist


@dataclass(frozen=True, slots=True)
class BlacklistEntry:
    id: str
    word: str
    category: Category
    score: float
    is_regex: bool = False
    language: str = "*"
    #: exact, disguised or part; see MATCH_KINDS.
    match: str = "disguised"


#: The kind of listed word for each way to match.
MATCH_KINDS = {"exact": "literal", "disguised": "word", "part": "part"}


class WordError(ValueError):
    """A word cannot be listed because it could never match."""


def validate_word(word: str) -> None:
    """Raise WordError for a word that normalisation leaves empty."""
    if not normal_form(word):
        raise WordError("the word has no visible character, so it would never match")


@dataclass(frozen=True, slots=True)
class Blacklist:
    """A compiled list and the changes since, when compiling it again would take too long."""

    words: Wordlist
    patterns: PatternSet
    #: Ids of entries that were compiled here but no longer count.
    withdrawn: frozenset[str] = frozenset()
    newer: "Blacklist | None" = None

    def find_words(self, views: TextViews) -> Iterator[tuple[TextView, Hit]]:
        for view, hit in self.words.find(views):
            if hit.entry.entry_id not in self.withdrawn:
                yield view, hit
        if self.newer:
            yield from self.newer.find_words(views)

    def find_patterns(self, text: str, limit: Limit | None = None) -> Iterator[PatternHit]:
        for hit in self.patterns.find(text, limit):
            if hit.pattern.entry_id not in self.withdrawn:
                yield hit
        if self.newer:
            yield from self.newer.find_patterns(text, limit)


def build_blacklist(entries: Iterable[BlacklistEntry], innocent: frozenset[str]) -> Blacklist:
    """Compile a list; a regular expression that cannot run is left out."""
    words: list[Entry] = []
    patterns: list[Pattern] = []
    for entry in entries:
        give_way()
        if not entry.is_regex:
            words.append(
                Entry(
                    word=entry.word,
                    category=entry.category,
                    score=entry.score,
                    language=entry.language,
                    kind=MATCH_KINDS[entry.match],
                    entry_id=entry.id,
                )
            )
            continue
        try:
            validate_pattern(entry.word)
        except PatternError:
            continue
        patterns.append(
            Pattern(
                expression=entry.word,
                word=entry.word,
                category=entry.category,
                score=entry.score,
                entry_id=entry.id,
            )
        )
    return Blacklist(Wordlist(words, innocent), PatternSet(patterns))


def amend_blacklist(
    compiled: Blacklist,
    *,
    changed_ids: Iterable[str],
    entries: Iterable[BlacklistEntry],
    innocent: frozenset[str],
) -> Blacklist:
    """Return the list with these entries in place of those with the changed ids.

    The changes of an earlier amendment must be passed again.
    """
    newer = build_blacklist(entries, innocent)
    return replace(compiled, withdrawn=frozenset(changed_ids), newer=newer)
