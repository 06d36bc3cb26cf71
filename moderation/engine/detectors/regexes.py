"""Run many regular expressions over a text in bounded time, with RE2."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import re2

from moderation.engine.detectors.boundaries import SPAN, with_boundaries
from moderation.engine.detectors.regex_check import PatternError, validate_pattern
from moderation.engine.giving_way import give_way
from moderation.engine.matches import Category

#: The most hits of one pattern in one text; more add nothing.
MAX_HITS = 100
MAX_MEMORY_BYTES = 8 << 20
MAX_SET_MEMORY_BYTES = 64 << 20
#: The most patterns that one pass looks for, and what it may take: a pass cannot be interrupted.
GROUP = 64
GROUP_MEMORY_BYTES = 16 << 20
GROUP_SECONDS = 0.02
#: No pattern's own letters, so that each keeps as many states as it can.
PROBE = "\u00e9" * 10_000


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression and what a hit means; the span is group 1 if there is one."""

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


class Expression:
    """A regular expression compiled by RE2, in which `\\b` knows the letters of any script."""

    def __init__(self, expression: str, flags: Iterable[str] = ("i",)) -> None:
        #: What a set of expressions looks for.
        self.source = source_of(expression, flags)
        self._compiled = re2.compile(self.source, options())
        groups = self._compiled.groupindex.items()
        self._spans = sorted(number for name, number in groups if name.startswith(SPAN))
        self._has_groups = self._compiled.groups > len(self._spans)

    def spans(self, text: str, *, whole: bool = False) -> Iterator[tuple[int, int]]:
        """Yield up to MAX_HITS spans: of group 1 if there is one, unless `whole`, or of all."""
        has_group = self._has_groups and not whole
        if not self._spans:
            group = 1 if has_group else 0
            for found in islice(self._compiled.finditer(text), MAX_HITS):
                if found.end(group) > found.start(group):
                    yield found.span(group)
            return
        place = 0
        for _ in range(MAX_HITS):
            found = self._compiled.search(text, place)
            if found is None:
                return
            branch = next(group for group in self._spans if found.start(group) >= 0)
            group = branch + 1 if has_group else branch
            if found.end(group) > found.start(group):
                yield found.span(group)
            # The sign after a match may also be the one before the next.
            place = max(found.end(branch), place + 1)


def source_of(expression: str, flags: Iterable[str]) -> str:
    """Return the expression for RE2, with its flags and its boundaries."""
    letters = "".join(sorted(flags))
    head = f"(?{letters})" if letters else ""
    return f"{head}{with_boundaries(expression) or expression}"


def options(memory_bytes: int = MAX_MEMORY_BYTES) -> re2.Options:
    """Return RE2's options: quiet, and within this memory."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory_bytes
    return options


def _set_of(sources: Sequence[str], memory_bytes: int = MAX_SET_MEMORY_BYTES) -> "re2.Set":
    every = re2.Set.SearchSet(options(memory_bytes))
    for source in sources:
        every.Add(source)
    if sources:
        every.Compile()
    return every


class Limit(Protocol):
    """Says when a text has had its time."""

    def is_spent(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbouring patterns of a set; None if even one of them is too large for RE2's set."""

    first: int
    last: int
    set: "re2.Set | None"

    def hits(self, text: str) -> Iterable[int]:
        if self.set is None:
            return range(self.first, self.last)
        return [self.first + index for index in sorted(self.set.Match(text) or ())]


class PatternSet:
    """An immutable set of patterns; a pass over each group finds those that hit at all."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._expressions = tuple(map(_expression_of, patterns))
        sources = [expression.source for expression in self._expressions]
        self._groups = tuple(
            group
            for first in range(0, len(sources), GROUP)
            for group in _groups_of(sources, first, min(first + GROUP, len(sources)))
        )

    def find(self, text: str, limit: Limit | None = None) -> Iterator[PatternHit]:
        """Yield what hits; once the limit is spent, no further group or pattern is tried."""
        for group in self._groups:
            if limit and limit.is_spent():
                return
            for index in group.hits(text):
                if limit and limit.is_spent():
                    return
                for start, end in self._expressions[index].spans(text):
                    yield PatternHit(start, end, self._patterns[index])


def _expression_of(pattern: Pattern) -> Expression:
    give_way()
    return Expression(pattern.expression)


def _groups_of(sources: Sequence[str], first: int, last: int) -> Iterator[_Group]:
    """Yield groups of these patterns: fewer in one where they take too much memory or time."""
    give_way()
    try:
        made = _set_of(sources[first:last], GROUP_MEMORY_BYTES)
    except re2.error:
        made = None
    if last - first == 1 or (made is not None and _seconds(made) < GROUP_SECONDS):
        yield _Group(first, last, made)
    else:
        middle = (first + last) // 2
        yield from _groups_of(sources, first, middle)
        yield from _groups_of(sources, middle, last)


def _seconds(made: "re2.Set") -> float:
    started = time.thread_time()
    made.Match(PROBE)
    return time.thread_time() - started


__all__ = [
    "Expression",
    "Pattern",
    "PatternError",
    "PatternHit",
    "PatternSet",
    "options",
    "source_of",
    "validate_pattern",
]
