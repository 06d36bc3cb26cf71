"""Everything one project adds to the bundled lists, compiled once and never changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from moderation.engine.blacklist import (
    Blacklist,
    BlacklistEntry,
    WordError,
    amend_blacklist,
    build_blacklist,
    validate_word,
)
from moderation.engine.lexicon import innocent_words
from moderation.engine.matches import Category
from moderation.engine.pattern_check import PatternError, validate_pattern
from moderation.engine.policy import Policy
from moderation.engine.rule_matching import CompiledRule, compile_rule
from moderation.engine.rule_specs import RuleError, RuleSpec, validate_rule
from moderation.engine.wordlist import Entry, Wordlist


@dataclass(frozen=True, slots=True)
class Ruleset:
    """One project's lists and rules in one version; safe to share between threads."""

    blacklist: Blacklist
    allowed: Wordlist
    rules: tuple[CompiledRule, ...]
    languages: tuple[str, ...]
    phone_regions: tuple[str, ...]
    version: int


def build_ruleset(
    *,
    blacklist: Iterable[BlacklistEntry] | Blacklist = (),
    whitelisted_phrases: Iterable[str] = (),
    rules: Iterable[RuleSpec] = (),
    languages: Iterable[str] = Policy().languages,
    phone_regions: Iterable[str] = Policy().phone_regions,
    version: int = 0,
) -> Ruleset:
    """Compile a project's lists; entries and rules that cannot run are left out.

    A blacklist that is compiled already is taken as it is.
    """
    return Ruleset(
        blacklist=_compiled(blacklist),
        allowed=_allowed(whitelisted_phrases),
        rules=_in_order(rules),
        languages=tuple(languages),
        phone_regions=tuple(phone_regions),
        version=version,
    )


def with_rules(ruleset: Ruleset, rules: Iterable[RuleSpec]) -> Ruleset:
    """Return the ruleset with these rules in place of its own."""
    return replace(ruleset, rules=_in_order(rules))


def _in_order(rules: Iterable[RuleSpec]) -> tuple[CompiledRule, ...]:
    compiled = (compile_rule(spec) for spec in sorted(rules, key=lambda spec: spec.priority))
    return tuple(rule for rule in compiled if rule)


def _compiled(blacklist: Iterable[BlacklistEntry] | Blacklist) -> Blacklist:
    if isinstance(blacklist, Blacklist):
        return blacklist
    return build_blacklist(blacklist, innocent_words())


def amended(
    ruleset: Ruleset, *, changed_ids: Iterable[str], entries: Iterable[BlacklistEntry]
) -> Blacklist:
    """Return the ruleset's blacklist with those entries in place of all that had the ids."""
    return amend_blacklist(
        ruleset.blacklist, changed_ids=changed_ids, entries=entries, innocent=innocent_words()
    )


def _allowed(phrases: Iterable[str]) -> Wordlist:
    return Wordlist(Entry(phrase, Category.OTHER, 0.0, kind="exact") for phrase in phrases)


__all__ = [
    "Blacklist",
    "BlacklistEntry",
    "PatternError",
    "RuleError",
    "RuleSpec",
    "Ruleset",
    "WordError",
    "amended",
    "build_ruleset",
    "validate_pattern",
    "validate_rule",
    "validate_word",
    "with_rules",
]
