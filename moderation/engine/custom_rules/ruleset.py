"""A project's lists and rules, compiled once and immutable."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from itertools import count

from moderation.engine.custom_rules.matching import CompiledRule, compile_rule
from moderation.engine.custom_rules.specs import RuleError, RuleSpec, validate_rule
from moderation.engine.detectors.link_domains import NO_DOMAINS, LinkDomains, link_domains
from moderation.engine.detectors.regex_check import PatternError, validate_pattern
from moderation.engine.matches import Category
from moderation.engine.verdict.policy import Policy
from moderation.engine.words.blacklist import (
    Blacklist,
    BlacklistEntry,
    WordError,
    amend_blacklist,
    build_blacklist,
    validate_word,
)
from moderation.engine.words.entries import Entry
from moderation.engine.words.lexicon import innocent_words
from moderation.engine.words.wordlist import Wordlist

_serials = count()


@dataclass(frozen=True, slots=True)
class Ruleset:
    """One version of a project's lists and rules; safe to share between threads."""

    blacklist: Blacklist
    allowed: Wordlist
    rules: tuple[CompiledRule, ...]
    languages: tuple[str, ...]
    phone_regions: tuple[str, ...]
    version: int
    domains: LinkDomains = NO_DOMAINS
    #: Tells it from every other ruleset of this process.
    serial: int = field(init=False, compare=False, default_factory=_serials.__next__)


def build_ruleset(  # noqa: PLR0913 (keyword-only: each names itself)
    *,
    blacklist: Iterable[BlacklistEntry] | Blacklist = (),
    whitelisted_phrases: Iterable[str] = (),
    rules: Iterable[RuleSpec] = (),
    languages: Iterable[str] = Policy().languages,
    phone_regions: Iterable[str] = Policy().phone_regions,
    version: int = 0,
    allowed_domains: Collection[str] = (),
    blocked_domains: Collection[str] = (),
) -> Ruleset:
    """Compile a project's lists; entries and rules that cannot run are left out.

    blacklist: entries, or a compiled list to use unchanged.
    """
    if not isinstance(blacklist, Blacklist):
        blacklist = build_blacklist(blacklist, innocent_words())
    allowed = (Entry(phrase, Category.OTHER, 0.0, kind="exact") for phrase in whitelisted_phrases)
    return Ruleset(
        blacklist=blacklist,
        allowed=Wordlist(allowed),
        rules=_in_order(rules),
        languages=tuple(languages),
        phone_regions=tuple(phone_regions),
        version=version,
        domains=link_domains(allowed_domains, blocked_domains),
    )


def with_rules(ruleset: Ruleset, rules: Iterable[RuleSpec]) -> Ruleset:
    """Return the ruleset with these rules instead of its own."""
    return replace(ruleset, rules=_in_order(rules))


def _in_order(rules: Iterable[RuleSpec]) -> tuple[CompiledRule, ...]:
    compiled = (compile_rule(spec) for spec in sorted(rules, key=lambda spec: spec.priority))
    return tuple(rule for rule in compiled if rule)


def amend(
    ruleset: Ruleset, *, changed_ids: Iterable[str], entries: Iterable[BlacklistEntry]
) -> Blacklist:
    """Return the ruleset's blacklist with these entries in place of those with the ids."""
    return amend_blacklist(
        ruleset.blacklist, changed_ids=changed_ids, entries=entries, innocent=innocent_words()
    )


__all__ = [
    "Blacklist",
    "BlacklistEntry",
    "PatternError",
    "RuleError",
    "RuleSpec",
    "Ruleset",
    "WordError",
    "amend",
    "build_ruleset",
    "validate_pattern",
    "validate_rule",
    "validate_word",
    "with_rules",
]
