"""Compile a project's rules and find out which of them a text hits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from moderation.engine.matches import Category, Match, PiiMatch, RuleHit, Source
from moderation.engine.patterns import MAX_HITS, compile_pattern
from moderation.engine.reading import Reading
from moderation.engine.rule_specs import RuleError, RuleSpec, validate_rule
from moderation.engine.tokens import WORD
from moderation.engine.wordlist import Entry, Wordlist


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the rules may look at."""

    text: str
    reading: Reading
    user_id: str | None
    matches: tuple[Match, ...]
    pii: tuple[PiiMatch, ...]
    categories: Mapping[Category, float]


#: None: the rule does not hit; else the places where it does, which may be none.
Matcher = Callable[[Findings], tuple[Match, ...] | None]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    spec: RuleSpec
    matcher: Matcher

    def hit(self, findings: Findings) -> RuleHit | None:
        matches = self.matcher(findings)
        if matches is None:
            return None
        spec = self.spec
        return RuleHit(spec.id, spec.name, spec.action, spec.priority, spec.shadow, matches)


def compile_rule(spec: RuleSpec) -> CompiledRule | None:
    """Return the rule ready to run; None if it cannot run, such as one without its provider."""
    try:
        validate_rule(spec)
    except RuleError:
        return None
    return CompiledRule(spec, COMPILERS[spec.type](spec))


def _keyword(spec: RuleSpec) -> Matcher:
    if spec.config.get("case_sensitive", False):
        return _cased_keyword(spec)
    entries = (Entry(word, Category.OTHER, 1.0) for word in spec.config["keywords"])
    words = Wordlist(entries)

    def match(found: Findings) -> tuple[Match, ...] | None:
        spans = {
            view.span(hit.start, hit.end): hit.entry.word for view, hit in words.find(found.reading)
        }
        return _matches(found.text, spec, spans)

    return match


def _cased_keyword(spec: RuleSpec) -> Matcher:
    keywords = tuple(spec.config["keywords"])

    def match(found: Findings) -> tuple[Match, ...] | None:
        spans = {span: word for word in keywords for span in _whole_words(found.text, word)}
        return _matches(found.text, spec, spans)

    return match


def _whole_words(text: str, word: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = text.find(word)
    while start >= 0 and len(spans) < MAX_HITS:
        end = start + len(word)
        before, after = text[max(0, start - 1) : start], text[end : end + 1]
        if not (WORD.match(before) and word[0].isalnum()) and not (
            WORD.match(after) and word[-1].isalnum()
        ):
            spans.append((start, end))
        start = text.find(word, end)
    return spans


def _regex(spec: RuleSpec) -> Matcher:
    pattern = compile_pattern(spec.config["pattern"], spec.config.get("flags", ()))

    def match(found: Findings) -> tuple[Match, ...] | None:
        hits = islice(pattern.finditer(found.text), MAX_HITS)
        spans = {hit.span(): spec.name for hit in hits if hit.end() > hit.start()}
        return _matches(found.text, spec, spans)

    return match


def _matches(
    text: str, spec: RuleSpec, spans: Mapping[tuple[int, int], str]
) -> tuple[Match, ...] | None:
    if not spans:
        return None
    return tuple(
        Match(start, end, text[start:end], Category.OTHER, Source.RULE, 1.0, word, spec.id)
        for (start, end), word in sorted(spans.items())
    )


def _category(spec: RuleSpec) -> Matcher:
    category = Category(spec.config["category"])
    least = float(spec.config.get("at_least", 0.0))

    def match(found: Findings) -> tuple[Match, ...] | None:
        score = found.categories.get(category)
        if score is None or score + 1e-9 < least:
            return None
        return tuple(match for match in found.matches if match.category is category)

    return match


def _pii(spec: RuleSpec) -> Matcher:
    types = frozenset(spec.config["types"])

    def match(found: Findings) -> tuple[Match, ...] | None:
        spans = {(pii.start, pii.end): pii.type.value for pii in found.pii if pii.type in types}
        return _matches(found.text, spec, spans)

    return match


def _spam(spec: RuleSpec) -> Matcher:
    signals = frozenset(spec.config["signals"])

    def match(found: Findings) -> tuple[Match, ...] | None:
        spam = (match for match in found.matches if match.source is Source.SPAM)
        return tuple(match for match in spam if match.word in signals) or None

    return match


def _user(spec: RuleSpec) -> Matcher:
    user_ids: frozenset[Any] = frozenset(spec.config["user_ids"])
    return lambda found: () if found.user_id in user_ids else None


COMPILERS: Mapping[str, Callable[[RuleSpec], Matcher]] = {
    "keyword": _keyword,
    "regex": _regex,
    "category": _category,
    "pii": _pii,
    "spam": _spam,
    "user": _user,
}
