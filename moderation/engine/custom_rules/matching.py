"""Compile a project's rules and match them with texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from moderation.engine.custom_rules.ai import provider
from moderation.engine.custom_rules.specs import (
    AI_PROMPT,
    USER,
    RuleError,
    RuleSpec,
    validate_rule,
)
from moderation.engine.detectors.regexes import MAX_HITS, Expression
from moderation.engine.matches import Category, Match, PiiMatch, RuleHit, Source
from moderation.engine.text.tokens import WORD
from moderation.engine.text.views import TextViews
from moderation.engine.words.entries import Entry
from moderation.engine.words.wordlist import Wordlist


@dataclass(frozen=True, slots=True)
class RuleInput:
    """Everything that rules can check."""

    text: str
    views: TextViews
    user_id: str | None
    matches: tuple[Match, ...]
    pii: tuple[PiiMatch, ...]
    categories: Mapping[Category, float]


#: None: the rule does not hit; otherwise its matches, of which there may be none.
Matcher = Callable[[RuleInput], tuple[Match, ...] | None]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    spec: RuleSpec
    matcher: Matcher

    def hit(self, rule_input: RuleInput) -> RuleHit | None:
        matches = self.matcher(rule_input)
        if matches is None:
            return None
        spec = self.spec
        return RuleHit(spec.id, spec.name, spec.action, spec.priority, spec.shadow, matches)


def compile_rule(spec: RuleSpec) -> CompiledRule | None:
    """Return the rule ready to run; None if it cannot, for example without its provider."""
    try:
        validate_rule(spec)
    except RuleError:
        return None
    return CompiledRule(spec, COMPILERS[spec.type](spec))


def keyword_matcher(spec: RuleSpec) -> Matcher:
    keywords = tuple(spec.config["keywords"])
    if spec.config.get("case_sensitive", False):
        return lambda found: _matches(
            found.text,
            spec,
            {span: word for word in keywords for span in _whole_words(found.text, word)},
        )
    words = Wordlist(Entry(word, Category.OTHER, 1.0) for word in keywords)

    def match(found: RuleInput) -> tuple[Match, ...] | None:
        spans = {
            view.span(hit.start, hit.end): hit.entry.word for view, hit in words.find(found.views)
        }
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


def regex_matcher(spec: RuleSpec) -> Matcher:
    expression = Expression(spec.config["pattern"], spec.config.get("flags", ()))
    return lambda found: _matches(
        found.text, spec, dict.fromkeys(expression.spans(found.text, whole=True), spec.name)
    )


def _matches(
    text: str, spec: RuleSpec, spans: Mapping[tuple[int, int], str]
) -> tuple[Match, ...] | None:
    if not spans:
        return None
    return tuple(
        Match(start, end, text[start:end], Category.OTHER, Source.RULE, 1.0, word, spec.id)
        for (start, end), word in sorted(spans.items())
    )


def category_matcher(spec: RuleSpec) -> Matcher:
    category = Category(spec.config["category"])
    least = float(spec.config.get("at_least", 0.0))

    def match(found: RuleInput) -> tuple[Match, ...] | None:
        score = found.categories.get(category)
        if score is None or score + 1e-9 < least:
            return None
        return tuple(match for match in found.matches if match.category is category)

    return match


def pii_matcher(spec: RuleSpec) -> Matcher:
    types = frozenset(spec.config["types"])

    def match(found: RuleInput) -> tuple[Match, ...] | None:
        spans = {(pii.start, pii.end): pii.type.value for pii in found.pii if pii.type in types}
        return _matches(found.text, spec, spans)

    return match


def spam_matcher(spec: RuleSpec) -> Matcher:
    signals = frozenset(spec.config["signals"])

    def match(found: RuleInput) -> tuple[Match, ...] | None:
        spam = (match for match in found.matches if match.source is Source.SPAM)
        return tuple(match for match in spam if match.word in signals) or None

    return match


def user_matcher(spec: RuleSpec) -> Matcher:
    user_ids: frozenset[Any] = frozenset(spec.config["user_ids"])
    return lambda found: () if found.user_id in user_ids else None


def ai_matcher(spec: RuleSpec) -> Matcher:
    """Return a matcher that marks no letters: its only match carries the reason as its word."""

    def match(found: RuleInput) -> tuple[Match, ...] | None:
        answering = provider()
        reason = answering.ask(spec.config["prompt"], found.text) if answering else None
        if reason is None:
            return None
        return (Match(0, 0, "", Category.OTHER, Source.RULE, 1.0, reason, spec.id),)

    return match


COMPILERS: Mapping[str, Callable[[RuleSpec], Matcher]] = {
    "keyword": keyword_matcher,
    "regex": regex_matcher,
    "category": category_matcher,
    "pii": pii_matcher,
    "spam": spam_matcher,
    USER: user_matcher,
    AI_PROMPT: ai_matcher,
}
