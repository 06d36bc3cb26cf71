"""Find everything that is in a text: words, patterns, spam, personal data, rules, language."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from moderation.engine.custom_rules.matching import RuleInput
from moderation.engine.custom_rules.ruleset import Ruleset
from moderation.engine.detectors.link_domains import BLOCKED_SCORE
from moderation.engine.detectors.pattern_cost import Budget
from moderation.engine.detectors.pii import find_pii
from moderation.engine.detectors.regexes import Pattern, PatternHit
from moderation.engine.detectors.spam import find_spam
from moderation.engine.in_step import Steps, in_one_go
from moderation.engine.matches import (
    NO_MODEL_FINDING,
    Category,
    Classification,
    Match,
    ModelFinding,
    RuleHit,
    Source,
)
from moderation.engine.model.scorer import (
    ModelUnavailableError,
    ScoreRequest,
    ScorerInput,
    Scores,
    find_by_model,
    softened,
)
from moderation.engine.text.fold import TextView, without_surrogates
from moderation.engine.text.language import UNDETERMINED, language_of
from moderation.engine.text.views import TextViews, views_of
from moderation.engine.verdict.scoring import total_of, without_overlaps
from moderation.engine.words.allowed import allowed_spans, outside
from moderation.engine.words.context import in_context
from moderation.engine.words.entries import Entry, Hit
from moderation.engine.words.further import further_words
from moderation.engine.words.lexicon import (
    find_patterns,
    lexicon,
    lexicon_patterns,
)
from moderation.engine.words.pattern_words import meant_views
from moderation.engine.words.unspoken import unspoken

logger = logging.getLogger(__name__)
Result = TypeVar("Result")
NOTHING: tuple[Any, ...] = ()
Spans = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Parts:
    """Run the engine's parts one by one; record the name of a part that fails and go on."""

    failed: list[str] = field(default_factory=list)
    #: The pending scores of a model that did not answer in time.
    late: Future[Scores] | None = None

    def run(self, name: str, part: Callable[[], Result], fallback: Result) -> Result:
        try:
            return part()
        except ModelUnavailableError as error:
            self.late = error.late
            self.failed.append(name)
            return fallback
        except Exception:
            # Whatever goes wrong in one part, the others must still see the text.
            logger.exception("A part of the engine failed", extra={"part": name})
            self.failed.append(name)
            return fallback


def classifying(
    text: str,
    ruleset: Ruleset,
    *,
    user_id: str | None = None,
    language: str | None = None,
    is_duplicate: bool = False,
    score_request: ScoreRequest | None = None,
) -> Steps[Classification]:
    """Return what is in the text; is_duplicate: its author sent it twice in the last minute.

    A model that does not answer in time appears as "model" in `failed`.
    """
    parts, budget = _Parts(), Budget()
    safe = without_surrogates(text)
    views = parts.run("normalization", lambda: views_of(safe), TextViews(safe, (_as_sent(safe),)))
    yield
    listed = [*parts.run("lexicon", lambda: _lexicon_matches(text, views, ruleset), NOTHING)]
    yield
    listed += parts.run(
        "blacklist", lambda: _blacklist_matches(text, safe, views, ruleset, budget), NOTHING
    )
    budget.pause()
    listed, allowed = _counted(parts, text, views, ruleset, listed)
    yield
    spam = parts.run(
        "spam",
        lambda: find_spam(text, views.main, is_duplicate=is_duplicate, domains=ruleset.domains),
        NOTHING,
    )
    by_rules = without_overlaps([*listed, *spam])
    pii = parts.run("pii", lambda: find_pii(views.folded, text, ruleset.phone_regions), NOTHING)
    yield
    by_model = NO_MODEL_FINDING
    if score_request:
        seen = ScorerInput(text, views, by_rules, allowed)
        by_model = _by_model(parts, seen, score_request, ruleset)
        yield
    by_rules = tuple(softened(one, by_model.lowered) for one in by_rules)
    matches = (*by_rules, *by_model.matches)
    total = total_of(matches)
    rule_input = RuleInput(safe, views, user_id, matches, pii, total.categories)
    hits = parts.run("rules", lambda: _rule_hits(ruleset, rule_input, budget), NOTHING)
    if budget.is_exceeded:
        parts.failed.append("budget")
    if language is None:
        guess = partial(language_of, views.main[-1].text, ruleset.languages)
        language = parts.run("language", guess, UNDETERMINED)
    return Classification(
        language=language,
        matches=matches,
        pii=pii,
        rule_hits=hits,
        categories=total.categories,
        score=total.score,
        failed=tuple(parts.failed),
        model_finding=by_model,
        late=parts.late,
    )


classify = in_one_go(classifying)


def _counted(
    parts: _Parts, text: str, views: TextViews, ruleset: Ruleset, listed: list[Match]
) -> tuple[list[Match], Spans]:
    """Return the listed words that count, and the spans in which none does."""
    if not listed and not ruleset.allowed:
        return listed, NOTHING
    allowed = parts.run("whitelist", lambda: allowed_spans(text, views, ruleset), NOTHING)
    listed = outside(dict.fromkeys(listed), allowed)  # Views share most words.
    listed, silent = parts.run("context", partial(_spoken, text, listed), (listed, NOTHING))
    return listed, (*allowed, *silent)


def _by_model(
    parts: _Parts, seen: ScorerInput, score_request: ScoreRequest, ruleset: Ruleset
) -> ModelFinding:
    """Return what the model finds outside the allowed spans.

    They are looked for late where no listed word made that needed before: few texts are accused.
    """
    find = partial(find_by_model, score_request=score_request)
    found = parts.run("model", partial(find, seen), NO_MODEL_FINDING)
    if not found.matches or seen.matches or seen.excused:
        return found
    look = partial(allowed_spans, seen.text, seen.views, ruleset)
    seen = replace(seen, excused=parts.run("whitelist", look, NOTHING))
    return parts.run("model", partial(find, seen), found) if seen.excused else found


def blacklist_hits(text: str, ruleset: Ruleset) -> tuple[Match, ...]:
    """Return what the project's own words find, even where another list has a stronger match.

    Hits come in the order of the text, each span and word once; whitelisted phrases drop theirs.
    """
    safe = without_surrogates(text)
    views = views_of(safe)
    matches = _blacklist_matches(text, safe, views, ruleset)
    by_place = {
        (hit.start, -hit.end, hit.word): hit
        for hit in outside(matches, allowed_spans(text, views, ruleset))
    }
    return tuple(by_place[place] for place in sorted(by_place))


def _as_sent(text: str) -> TextView:
    return TextView(text, range(len(text)))


def _lexicon_matches(text: str, views: TextViews, ruleset: Ruleset) -> tuple[Match, ...]:
    match = partial(_match, text, Source.LEXICON)
    lists = (lexicon(), further_words(ruleset.languages))
    words = (
        match(view, hit, hit.entry)
        for wordlist in lists
        if wordlist is not None
        for view, hit in wordlist.find(views)
    )
    patterns = (
        match(view, hit, hit.pattern)
        for view in (*views.main, *meant_views(views))
        for hit in find_patterns(view, lexicon_patterns())
    )
    return (*words, *patterns)


def _blacklist_matches(
    text: str, safe: str, views: TextViews, ruleset: Ruleset, budget: Budget | None = None
) -> tuple[Match, ...]:
    match = partial(_match, text, Source.BLACKLIST)
    words = (match(view, hit, hit.entry) for view, hit in ruleset.blacklist.find_words(views))
    patterns = (
        match(view, hit, hit.pattern)
        for view in (_as_sent(safe), *views.main)
        for hit in ruleset.blacklist.find_patterns(view.text, budget)
    )
    links = _blocked_links(text, safe, views.folded, ruleset)
    return (*words, *patterns, *links)


def _blocked_links(text: str, safe: str, folded: TextView, ruleset: Ruleset) -> Iterator[Match]:
    for start, end, domain in ruleset.domains.find_blocked(safe, folded):
        yield Match(
            start=start,
            end=end,
            text=text[start:end],
            category=Category.SPAM,
            source=Source.BLACKLIST,
            score=BLOCKED_SCORE,
            word=domain,
        )


def _rule_hits(ruleset: Ruleset, rule_input: RuleInput, budget: Budget) -> tuple[RuleHit, ...]:
    hits = (rule.hit(rule_input) for rule in ruleset.rules if not budget.is_spent())
    return tuple(hit for hit in hits if hit)


def _match(
    text: str, source: Source, view: TextView, hit: Hit | PatternHit, rule: Entry | Pattern
) -> Match:
    start, end = view.span(hit.start, hit.end)
    return Match(
        start=start,
        end=end,
        text=text[start:end],
        category=rule.category,
        source=source,
        score=rule.score,
        word=rule.word,
    )


def _spoken(text: str, matches: list[Match]) -> tuple[list[Match], Spans]:
    """Return what is spoken, with its context, and where the words stand that are not."""
    silent = list(unspoken(text, matches))
    spoken = [match for match in matches if match not in silent] if silent else matches
    return in_context(text, spoken), tuple((match.start, match.end) for match in silent)
