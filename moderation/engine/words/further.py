"""Word lists of further languages, which judge only where a project's policy names their language.

`lexicon.py` has the lists that judge everywhere.
"""

from collections.abc import Collection
from functools import cache

from moderation.engine.data import rows
from moderation.engine.matches import Category
from moderation.engine.words.entries import Entry
from moderation.engine.words.lexicon import SEVERAL, innocent_words, lexicon_entries
from moderation.engine.words.wordlist import Wordlist

WORDS_FILE, INNOCENT_FILE = "further_words.tsv", "further_innocent.tsv"


@cache
def further_languages() -> frozenset[str]:
    """Return the tags of the languages that have such a list."""
    return frozenset(language for _, _, _, language, *_ in rows(WORDS_FILE))


def further_words(languages: Collection[str]) -> Wordlist | None:
    """Return the words of those of the languages that have a list; None if none has.

    A region makes no difference: `pt-BR` is `pt`.
    """
    chosen = _chosen(languages)
    return _words(chosen) if chosen else None


def further_phrases(languages: Collection[str]) -> Wordlist | None:
    """Return the phrases of these languages inside which no word counts; None without a list."""
    chosen = _chosen(languages)
    return _phrases(chosen) if chosen else None


@cache
def foreign_words() -> frozenset[str]:
    """Return the words that stand on these lists alone; the bundled model has not learned them."""
    everywhere = {entry.word for entry in lexicon_entries()}
    return frozenset(word for word, *_ in rows(WORDS_FILE)) - everywhere


def _chosen(languages: Collection[str]) -> frozenset[str]:
    return further_languages() & {tag.partition("-")[0] for tag in languages}


@cache
def _words(languages: frozenset[str]) -> Wordlist:
    entries = [
        Entry(word=word, category=Category(category), score=float(score), language=tag, kind=kind)
        for word, score, category, tag, kind, *_ in rows(WORDS_FILE)
        if tag in languages
    ]
    single = {word for word in _innocent(languages) if not SEVERAL.search(word)}
    return Wordlist(entries, innocent_words() | single)


@cache
def _phrases(languages: frozenset[str]) -> Wordlist:
    return Wordlist(
        Entry(word=word, category=Category.OTHER, score=0.0, kind="exact")
        for word in _innocent(languages)
    )


def _innocent(languages: frozenset[str]) -> list[str]:
    return [word for word, language, *_ in rows(INNOCENT_FILE) if language in languages]
