"""Run many regular expressions over a text in bounded time, with RE2."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import re2

from moderation.engine.matches import Category
from moderation.engine.pattern_check import PatternError, validate_pattern

#: A pattern that hits more often than this in one text says nothing new.
MAX_HITS = 100
MAX_MEMORY_BYTES = 8 << 20
MAX_SET_MEMORY_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression with what a hit means; group 1, if there is one, is the span."""

    expression: str
    word: str
    category: Category
    score: float
    entry_id: str | None = None


@dataclass(frozen=True, slots=True)
class PatternHit:
    start: int
    end: int
    pattern: Pattern


def compile_pattern(expression: str, flags: Iterable[str] = ("i",)) -> "re2._Regexp[str]":
    """Return the expression compiled by RE2; flags: i, m, s."""
    letters = "".join(sorted(flags))
    return re2.compile(f"(?{letters}){expression}" if letters else expression, _options())


def _options(memory_bytes: int = MAX_MEMORY_BYTES) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory_bytes
    return options


class PatternSet:
    """An immutable set of patterns; one pass tells which of them hit at all."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._compiled = tuple(compile_pattern(pattern.expression) for pattern in patterns)
        self._set = re2.Set.SearchSet(_options(MAX_SET_MEMORY_BYTES))
        for pattern in patterns:
            self._set.Add(f"(?i){pattern.expression}")
        if patterns:
            self._set.Compile()

    def find(self, text: str) -> Iterator[PatternHit]:
        if not self._patterns:
            return
        for index in sorted(self._set.Match(text) or ()):
            for found in islice(self._compiled[index].finditer(text), MAX_HITS):
                group = 1 if self._compiled[index].groups else 0
                if found.end(group) > found.start(group):
                    yield PatternHit(found.start(group), found.end(group), self._patterns[index])


__all__ = [
    "Pattern",
    "PatternError",
    "PatternHit",
    "PatternSet",
    "compile_pattern",
    "validate_pattern",
]
