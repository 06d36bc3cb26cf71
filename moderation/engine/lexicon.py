"""The bundled word lists, built once per process and shared by every ruleset."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from moderation.engine.data import rows
from moderation.engine.matches import Category
from moderation.engine.normalization import View
from moderation.engine.patterns import Pattern, PatternHit, PatternSet
from moderation.engine.tokens import GAP, LINE_END, tokens_of
from moderation.engine.wordlist import Entry, Wordlist

SEVERAL = re.compile(r"[\s']")
#: Patterns are written and run over words with one gap between them, whatever stood there.
WHOLE_WORDS = " ({}) "
#: A phrase may go on in the next line.
ANY_GAP = f"{GAP}(?:{LINE_END}{GAP})?"
#: How a pattern names the end of a line.
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
    """Return words, whole or masked, that only look or sound like listed ones."""
    return frozenset(word for word, *_ in rows("innocent.tsv") if not SEVERAL.search(word))


@cache
def lexicon() -> Wordlist:
    usual_masks = {mask: word for mask, word, *_ in rows("masks.tsv")}
    return Wordlist(lexicon_entries(), innocent_words(), usual_masks, reads_slips=True)


@cache
def innocent_phrases() -> Wordlist:
    """Return the phrases inside which no word counts."""
    return Wordlist(
        Entry(word=word, category=Category.OTHER, score=0.0, kind="exact")
        for word, *_ in rows("innocent.tsv")
        if word not in innocent_words()
    )


@cache
def lexicon_patterns() -> PatternSet:
    """Return the threats, hatred and insults that take their target into account."""
    return PatternSet(
        [
            Pattern(_expanded(expression), word, Category(category), float(score))
            for word, score, category, _, expression, *_ in rows("patterns.tsv")
        ]
    )


@cache
def innocent_patterns() -> PatternSet:
    """Return the turns of phrase inside which no word counts."""
    return PatternSet(
        [
            Pattern(_expanded(expression), expression, Category.OTHER, 0.0)
            for expression, *_ in rows("innocent_patterns.tsv")
        ]
    )


def find_patterns(view: View, patterns: PatternSet) -> Iterator[PatternHit]:
    """Yield the hits of bundled patterns, with their places in the view."""
    spaced = tokens_of(view.text).spaced_by_line
    for hit in patterns.find(spaced.text):
        for start, end, pattern in (
            (hit.start, hit.end, hit.pattern),
            *_on_one_line(hit, spaced.text, patterns),
        ):
            yield PatternHit(*spaced.span_of(start, end), pattern)


def _on_one_line(
    hit: PatternHit, text: str, patterns: PatternSet
) -> Iterator[tuple[int, int, Pattern]]:
    """Yield what is found on each single line of a hit that goes over several.

    Without it a line that follows could change where a hit ends, and so hide it.
    """
    start = hit.start
    for line in text[hit.start : hit.end].rstrip(LINE_END).split(LINE_END)[:-1]:
        lone = f" {line.strip()} {GAP[1:]}{LINE_END} "
        offset = start - 1 + (len(line) - len(line.lstrip()))
        for found in patterns.find(lone):
            yield offset + found.start, offset + found.end, found.pattern
        start += len(line) + len(LINE_END)


@cache
def _parts() -> Mapping[str, str]:
    return {name: expression for name, expression, *_ in rows("pattern_parts.tsv")}


def _expanded(expression: str) -> str:
    for _ in range(NESTING):
        for name, part in _parts().items():
            expression = expression.replace(f"<{name}>", f"(?:{part})")
    return WHOLE_WORDS.format(expression.replace(" ", ANY_GAP).replace(END, f"{GAP}{LINE_END}"))
