"""Everything one project adds to the bundled lists, compiled once and never changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from moderation.engine.blacklist import (
    BlacklistEntry,
    WordError,
    build_patterns,
    build_words,
    validate_word,
)
from moderation.engine.lexicon import innocent_words
from moderation.engine.matches import Category
from moderation.engine.pattern_check import PatternError, validate_pattern
from moderation.engine.patterns import PatternSet
from moderation.engine.policy import Policy
from moderation.engine.rule_matching import CompiledRule, compile_rule
from moderation.engine.rule_specs import RuleError, RuleSpec, validate_rule
from moderation.engine.wordlist import Entry, Wordlist


@dataclass(frozen=True, slots=True)
class Ruleset:
    """One project's lists and rules in one version; safe to share between threads."""

    words: Wordlist
    patterns: PatternSet
    allowed: Wordlist
    rules: tuple[CompiledRule, ...]
    languages: tuple[str, ...]
    phone_regions: tuple[str, ...]
    version: int


def build_ruleset(
    *,
    blacklist: Iterable[BlacklistEntry] = (),
    whitelisted_phrases: Iterable[str] = (),
    rules: Iterable[RuleSpec] = (),
    languages: Iterable[str] = Policy().languages,
    phone_regions: Iterable[str] = Policy().phone_regions,
    version: int = 0,
) -> Ruleset:
    """Compile a project's lists; entries and rules that cannot run are left out."""
    entries = tuple(blacklist)
    compiled = (compile_rule(spec) for spec in sorted(rules, key=lambda spec: spec.priority))
    return Ruleset(
        words=build_words(entries, innocent_words()),
        patterns=build_patterns(entries),
        allowed=_allowed(whitelisted_phrases),
        rules=tuple(rule for rule in compiled if rule),
        languages=tuple(languages),
        phone_regions=tuple(phone_regions),
        version=version,
    )


def _allowed(phrases: Iterable[str]) -> Wordlist:
    return Wordlist(Entry(phrase, Category.OTHER, 0.0, kind="exact") for phrase in phrases)


__all__ = [
    "BlacklistEntry",
    "PatternError",
    "RuleError",
    "RuleSpec",
    "Ruleset",
    "WordError",
    "build_ruleset",
    "validate_pattern",
    "validate_rule",
    "validate_word",
]
