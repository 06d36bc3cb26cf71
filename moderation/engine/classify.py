"""Find everything that is in a text: words, patterns, spam, personal data, rules, language."""

import logging
from bisect import bisect_right
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from typing import TypeVar

from moderation.engine.language import language_of
from moderation.engine.lexicon import (
    find_patterns,
    innocent_patterns,
    innocent_phrases,
    lexicon,
    lexicon_patterns,
)
from moderation.engine.matches import NO_OPINION, Classification, Match, RuleHit, Source
from moderation.engine.normalization import View, without_surrogates
from moderation.engine.patterns import Pattern, PatternHit
from moderation.engine.pii import find_pii
from moderation.engine.reading import Reading, read
from moderation.engine.rule_matching import Findings
from moderation.engine.ruleset import Ruleset
from moderation.engine.scoring import scored, without_overlaps
from moderation.engine.spam import find_spam
from moderation.engine.toxicity import Asked, ModelUnavailableError, Scores, Seen, opinion_of
from moderation.engine.wordlist import Entry, Hit

logger = logging.getLogger(__name__)
Item = TypeVar("Item")


@dataclass(slots=True)
class _Parts:
    """Runs the engine's parts one by one; a broken part is named and the others go on."""

    failed: list[str] = field(default_factory=list)
    #: The scores of a model that did not answer in time.
    late: Future[Scores] | None = None

    def run(
        self, name: str, part: Callable[[], tuple[Item, ...]], otherwise: tuple[Item, ...] = ()
    ) -> tuple[Item, ...]:
        try:
            return part()
        except ModelUnavailableError as error:
            self.late = error.late
            self.failed.append(name)
            return otherwise
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
    asked: Asked | None = None,
) -> Classification:
    """Return what is in the text; is_duplicate: its author sent it twice in the last minute.

    A model that is asked and does not answer in time is "model" among what failed.
    """
    parts = _Parts()
    safe = without_surrogates(text)
    (reading,) = parts.run("normalization", lambda: (read(safe),), (Reading((_as_sent(safe),)),))
    found = _listed(text, safe, reading, ruleset, parts)
    spam = parts.run("spam", lambda: find_spam(text, is_duplicate=is_duplicate))
    by_rules = without_overlaps([*found, *spam])
    pii = parts.run("pii", lambda: find_pii(reading.folded, text, ruleset.phone_regions))
    opinion = NO_OPINION
    if asked:
        seen = Seen(text, reading, by_rules)
        (opinion,) = parts.run("model", lambda: (opinion_of(seen, asked),), (NO_OPINION,))
    counting = (match for match in by_rules if match not in opinion.excused)
    matches = (*counting, *opinion.matches)
    total = scored(matches)
    findings = Findings(safe, reading, user_id, matches, pii, total.categories)
    return Classification(
        language=language
        or parts.run("language", lambda: _languages(reading, ruleset), ("en",))[0],
        matches=matches,
        pii=pii,
        rule_hits=parts.run("rules", lambda: _rule_hits(findings, ruleset)),
        categories=total.categories,
        score=total.score,
        failed=tuple(parts.failed),
        opinion=opinion,
        late=parts.late,
    )


def _listed(text: str, safe: str, reading: Reading, ruleset: Ruleset, parts: _Parts) -> list[Match]:
    """Return the listed words that no innocent phrase excuses."""
    found = [
        *parts.run("lexicon", lambda: _lexicon_matches(text, reading)),
        *parts.run("blacklist", lambda: _blacklist_matches(text, safe, reading, ruleset)),
    ]
    if not found:
        return []
    return _outside(found, parts.run("whitelist", lambda: _allowed_spans(text, reading, ruleset)))


def _as_sent(text: str) -> View:
    return View(text, range(len(text)))


def _lexicon_matches(text: str, reading: Reading) -> tuple[Match, ...]:
    cut = partial(_match, text, Source.LEXICON)
    words = (cut(view, hit, hit.entry) for view, hit in lexicon().find(reading))
    patterns = (
        cut(view, hit, hit.pattern)
        for view in reading.views
        for hit in find_patterns(view, lexicon_patterns())
    )
    return (*words, *patterns)


def _blacklist_matches(
    text: str, safe: str, reading: Reading, ruleset: Ruleset
) -> tuple[Match, ...]:
    cut = partial(_match, text, Source.BLACKLIST)
    words = (cut(view, hit, hit.entry) for view, hit in ruleset.blacklist.find_words(reading))
    patterns = (
        cut(view, hit, hit.pattern)
        for view in (_as_sent(safe), *reading.views)
        for hit in ruleset.blacklist.find_patterns(view.text)
    )
    return (*words, *patterns)


def blacklist_hits(text: str, ruleset: Ruleset) -> tuple[Match, ...]:
    """Return what the project's own words find, also where another list finds more.

    In the order of the text, each span and word once; whitelisted phrases drop theirs.
    """
    safe = without_surrogates(text)
    reading = read(safe)
    found = _blacklist_matches(text, safe, reading, ruleset)
    kept = {
        (hit.start, -hit.end, hit.word): hit
        for hit in _outside(found, _allowed_spans(text, reading, ruleset))
    }
    return tuple(kept[place] for place in sorted(kept))


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


def _allowed_spans(text: str, reading: Reading, ruleset: Ruleset) -> tuple[tuple[int, int], ...]:
    lists = (innocent_phrases(), ruleset.allowed)
    words = (view.span(hit.start, hit.end) for found in lists for view, hit in found.find(reading))
    patterns = (
        view.span(hit.start, hit.end)
        for view in reading.views
        for hit in find_patterns(view, innocent_patterns())
    )
    # A phrase that goes over lines excuses nothing: what stands on one must not hide another.
    return tuple(span for span in (*words, *patterns) if "\n" not in text[slice(*span)])


def _outside(matches: Iterable[Match], allowed: Iterable[tuple[int, int]]) -> list[Match]:
    """Return the matches that no allowed span holds whole."""
    spans = sorted(allowed)
    starts = [start for start, _ in spans]
    reaches = [0, *accumulate((end for _, end in spans), max)]
    return [match for match in matches if reaches[bisect_right(starts, match.start)] < match.end]


def _languages(reading: Reading, ruleset: Ruleset) -> tuple[str]:
    return (language_of(reading.views[-1].text, ruleset.languages),)


def _rule_hits(findings: Findings, ruleset: Ruleset) -> tuple[RuleHit, ...]:
    hits = (rule.hit(findings) for rule in ruleset.rules)
    return tuple(hit for hit in hits if hit)
