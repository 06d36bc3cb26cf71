"""Find everything that is in a text: words, patterns, spam, personal data, rules, language."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from moderation.engine.language import language_of
from moderation.engine.lexicon import find_patterns, innocent_phrases, lexicon
from moderation.engine.matches import Classification, Match, RuleHit, Source
from moderation.engine.normalization import View, fold, plain, without_surrogates
from moderation.engine.patterns import Pattern, PatternHit
from moderation.engine.pii import find_pii
from moderation.engine.rule_matching import Findings
from moderation.engine.ruleset import Ruleset
from moderation.engine.scoring import category_scores, message_score, without_overlaps
from moderation.engine.spam import find_spam
from moderation.engine.wordlist import Entry, Hit

logger = logging.getLogger(__name__)
Item = TypeVar("Item")


@dataclass(slots=True)
class _Parts:
    """Runs the engine's parts one by one; a broken part is named and the others go on."""

    failed: list[str] = field(default_factory=list)

    def run(
        self, name: str, part: Callable[[], tuple[Item, ...]], otherwise: tuple[Item, ...] = ()
    ) -> tuple[Item, ...]:
        try:
            return part()
        except Exception:
            # Whatever goes wrong in one part, the text must still be judged by the rest.
            logger.exception("A part of the engine failed", extra={"part": name})
            self.failed.append(name)
            return otherwise


def classify(
    text: str,
    ruleset: Ruleset,
    *,
    user_id: str | None = None,
    language: str | None = None,
    is_duplicate: bool = False,
) -> Classification:
    """Return what is in the text; is_duplicate: its author sent it twice in the last minute."""
    parts = _Parts()
    safe = without_surrogates(text)
    views = parts.run("normalization", lambda: _views(safe), (View(safe, range(len(safe))),))
    found = [
        *parts.run("lexicon", lambda: _lexicon_matches(text, views)),
        *parts.run("blacklist", lambda: _blacklist_matches(text, safe, views, ruleset)),
    ]
    allowed = parts.run("whitelist", lambda: _allowed_spans(views, ruleset))
    spam = parts.run("spam", lambda: find_spam(text, is_duplicate=is_duplicate))
    matches = without_overlaps([*_outside(found, allowed), *spam])
    pii = parts.run("pii", lambda: find_pii(views[0], text, ruleset.phone_regions))
    categories = category_scores(matches)
    findings = Findings(safe, views, user_id, matches, pii, categories)
    return Classification(
        language=language or parts.run("language", lambda: _languages(views, ruleset), ("en",))[0],
        matches=matches,
        pii=pii,
        rule_hits=parts.run("rules", lambda: _rule_hits(findings, ruleset)),
        categories=categories,
        score=message_score(categories),
        failed=tuple(parts.failed),
    )


def _views(text: str) -> tuple[View, ...]:
    folded = fold(text)
    plainer = plain(folded)
    return (folded,) if plainer is folded else (folded, plainer)


def _lexicon_matches(text: str, views: tuple[View, ...]) -> tuple[Match, ...]:
    cut = partial(_match, text, Source.LEXICON)
    return tuple(
        match
        for view in views
        for match in (
            *(cut(view, hit, hit.entry) for hit in lexicon().find(view)),
            *(cut(view, hit, hit.pattern) for hit in find_patterns(view)),
        )
    )


def _blacklist_matches(
    text: str, safe: str, views: tuple[View, ...], ruleset: Ruleset
) -> tuple[Match, ...]:
    cut = partial(_match, text, Source.BLACKLIST)
    as_sent = View(safe, range(len(safe)))
    words = (cut(view, hit, hit.entry) for view in views for hit in ruleset.words.find(view))
    patterns = (
        cut(view, hit, hit.pattern)
        for view in (as_sent, *views)
        for hit in ruleset.patterns.find(view.text)
    )
    return (*words, *patterns)


def _match(
    text: str, source: Source, view: View, hit: Hit | PatternHit, of: Entry | Pattern
) -> Match:
    start, end = view.span(hit.start, hit.end)
    return Match(
        start=start,
        end=end,
        text=text[start:end],
        category=of.category,
        source=source,
        score=of.score,
        word=of.word,
    )


def _allowed_spans(views: tuple[View, ...], ruleset: Ruleset) -> tuple[tuple[int, int], ...]:
    lists = (innocent_phrases(), ruleset.allowed)
    hits = ((view, hit) for words in lists for view in views for hit in words.find(view))
    return tuple(view.span(hit.start, hit.end) for view, hit in hits)


def _outside(matches: Iterable[Match], allowed: tuple[tuple[int, int], ...]) -> list[Match]:
    return [
        match
        for match in matches
        if not any(start <= match.start and match.end <= end for start, end in allowed)
    ]


def _languages(views: tuple[View, ...], ruleset: Ruleset) -> tuple[str]:
    return (language_of(views[-1].text, ruleset.languages),)


def _rule_hits(findings: Findings, ruleset: Ruleset) -> tuple[RuleHit, ...]:
    hits = (rule.hit(findings) for rule in ruleset.rules)
    return tuple(hit for hit in hits if hit)
