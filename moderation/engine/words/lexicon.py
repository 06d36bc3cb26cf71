"""The bundled word lists, built once per process and shared by every ruleset."""

import re
from collections.abc import Iterator
from functools import cache

from moderation.engine.data import rows
from moderation.engine.detectors.regexes import Pattern, PatternHit, PatternSet
from moderation.engine.matches import Category
from moderation.engine.text.fold import TextView
from moderation.engine.text.tokens import GAP, LINE_END, tokens_of
from moderation.engine.words.entries import Entry
from moderation.engine.words.wordlist import Wordlist

SEVERAL = re.compile(r"[\s']")
#: Patterns run over words with equal gaps, whatever the text has between them.
WHOLE_WORDS = " ({}) "
#: Those that begin with this word only where a line begins.
START = "<start>"
FIRST_WORDS = f"(?:^|{LINE_END} )" + WHOLE_WORDS
#: A phrase may continue on the next line.
ANY_GAP = f"{GAP}(?:{LINE_END}{GAP})?"
#: Stands for a blank that may be missing: "your ?self".
MAY_BE_GAP = "\x01"
#: The end of a line in a pattern.
END = "<end>"
#: How deeply parts may contain parts.
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
    """Return words, whole or censored, that only look or sound like listed ones."""
    return frozenset(word for word, *_ in rows("innocent.tsv") if not SEVERAL.search(word))


@cache
def lexicon() -> Wordlist:
    usual_masks = {mask: word for mask, word, *_ in rows("censored.tsv")}
    return Wordlist(lexicon_entries(), innocent_words(), usual_masks, with_misspellings=True)


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
    """Return the threats, hatred and insults that depend on their target."""
    return PatternSet(
        [
            Pattern(_expand(expression), word, Category(category), float(score))
            for word, score, category, _, expression, *_ in rows("patterns.tsv")
        ]
    )


@cache
def innocent_patterns() -> PatternSet:
    """Return the turns of phrase inside which no word counts."""
    return PatternSet(
        [
            Pattern(_expand(expression), expression, Category.OTHER, 0.0)
            for expression, *_ in rows("innocent_patterns.tsv")
        ]
    )


def find_patterns(view: TextView, patterns: PatternSet) -> Iterator[PatternHit]:
    """Yield the hits of bundled patterns, with their spans in the view."""
    spaced = tokens_of(view.text).spaced_by_line
    for hit in patterns.find(spaced.text):
        yield PatternHit(*spaced.span_of(hit.start, hit.end), hit.pattern)
        # A hit may span lines. Search each line alone, too: otherwise a following line could
        # change where a hit ends, and so hide it.
        line_start = hit.start
        lines = spaced.text[hit.start : hit.end].rstrip(LINE_END).split(LINE_END)
        for line in lines[:-1]:
            lone_line = f" {line.strip()} {GAP[1:]}{LINE_END} "
            offset = line_start - 1 + (len(line) - len(line.lstrip()))
            for found in patterns.find(lone_line):
                span = spaced.span_of(offset + found.start, offset + found.end)
                yield PatternHit(*span, found.pattern)
            line_start += len(line) + len(LINE_END)


def _expand(expression: str) -> str:
    """Return the expression with the parts of pattern_parts.tsv in place of their names."""
    parts = {name: part for name, part, *_ in rows("pattern_parts.tsv")}
    for _ in range(NESTING):
        for name, part in parts.items():
            expression = expression.replace(f"<{name}>", f"(?:{part})")
    words = FIRST_WORDS if expression.startswith(START) else WHOLE_WORDS
    rest = ANY_GAP.join(expression.removeprefix(START).replace(" ?", MAY_BE_GAP).split(" "))
    rest = rest.replace(MAY_BE_GAP, f"(?:{ANY_GAP})?")
    return words.format(rest.replace(END, f"{GAP}{LINE_END}"))
