"""Where no word counts: in a project's whitelisted phrases and in innocent turns of phrase."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from moderation.engine.custom_rules.ruleset import Ruleset
from moderation.engine.matches import Match
from moderation.engine.text.views import TextViews
from moderation.engine.words.further import further_phrases
from moderation.engine.words.lexicon import find_patterns, innocent_patterns, innocent_phrases


def allowed_spans(text: str, views: TextViews, ruleset: Ruleset) -> tuple[tuple[int, int], ...]:
    phrases = (
        view.span(hit.start, hit.end)
        for wordlist in (
            innocent_phrases(),
            ruleset.allowed,
            further_phrases(ruleset.languages),
        )
        if wordlist is not None
        for view, hit in wordlist.find(views)
    )
    patterns = (
        view.span(hit.start, hit.end)
        for view in views.main
        for hit in find_patterns(view, innocent_patterns())
    )
    # A phrase that spans lines excuses nothing: one line must not hide a match on another.
    return tuple(span for span in (*phrases, *patterns) if "\n" not in text[slice(*span)])


def outside(matches: Iterable[Match], allowed: Iterable[tuple[int, int]]) -> list[Match]:
    """Return the matches that no allowed span contains."""
    spans = sorted(allowed)
    starts = [start for start, _ in spans]
    reaches = [0, *accumulate((end for _, end in spans), max)]
    return [match for match in matches if reaches[bisect_right(starts, match.start)] < match.end]
