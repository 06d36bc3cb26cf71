"""The bundled word lists, built once per process and shared by every ruleset."""

from collections.abc import Iterator
from functools import cache

from moderation.engine.data import rows
from moderation.engine.matches import Category
from moderation.engine.normalization import View
from moderation.engine.patterns import Pattern, PatternHit, PatternSet
from moderation.engine.tokens import GAP, LAST_WORD, tokens_of
from moderation.engine.wordlist import Entry, Wordlist

#: Patterns are written and run over words with one gap between them, whatever stood there.
WHOLE_WORDS = " ({}) "
#: How a pattern names the end of the text.
END = "<end>"
#: Parts may be made of parts, this deep.
NESTING = 3


@cache
def lexicon_entries() -> tuple[Entry, ...]:
    """Return the words and phrases of all bundled languages."""
    return tuple(
        Entry(word=word, category=Category(category), score=float(score), language=lang, kind=kind)
        for word, score, category, lang, kind, *_ in rows("words.tsv")
    )


@cache
def innocent_words() -> frozenset[str]:
    """Return words that only look or sound like listed ones."""
    return frozenset(word for word, *_ in rows("innocent.tsv") if " " not in word)


@cache
def lexicon() -> Wordlist:
    return Wordlist(lexicon_entries(), innocent_words())


@cache
def innocent_phrases() -> Wordlist:
    """Return the phrases inside which no word counts."""
    return Wordlist(
        Entry(word=word, category=Category.OTHER, score=0.0, kind="exact")
        for word, *_ in rows("innocent.tsv")
    )


@cache
def lexicon_patterns() -> PatternSet:
    """Return the threats, hatred and insults that take their target into account."""
    parts = {name: expression for name, expression, *_ in rows("pattern_parts.tsv")}
    return PatternSet(
        [
            Pattern(_expanded(expression, parts), word, Category(category), float(score))
            for word, score, category, _, expression, *_ in rows("patterns.tsv")
        ]
    )


def find_patterns(view: View) -> Iterator[PatternHit]:
    """Yield the hits of the bundled patterns, with their places in the view."""
    tokens = tokens_of(view.text)
    for hit in lexicon_patterns().find(tokens.spaced_with_end):
        start, end = tokens.span_of(hit.start, hit.end)
        yield PatternHit(start, end, hit.pattern)


def _expanded(expression: str, parts: dict[str, str]) -> str:
    for _ in range(NESTING):
        for name, part in parts.items():
            expression = expression.replace(f"<{name}>", f"(?:{part})")
    return WHOLE_WORDS.format(expression.replace(END, f" {LAST_WORD}").replace(" ", GAP))
