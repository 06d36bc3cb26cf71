"""Add up matches to a score per category and one for the text: docs/verdicts.md, "Scores"."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from moderation.engine.matches import Category, Match, Source

STEP = 0.1
MOST_FURTHER_MATCHES = 3
#: Enough for any score that a project can set, and few enough to round off float noise.
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Total:
    """The score of each category and of the whole text."""

    categories: Mapping[Category, float]
    score: float


def total_of(matches: Iterable[Match]) -> Total:
    """Add up the rules' matches.

    A model rates the whole text, so it can only raise a score. So can words that it lowered, and
    words whose context says that they accuse nobody.
    """
    by_kind: dict[bool, list[Match]] = {True: [], False: []}
    for match in matches:
        adds_nothing = match.source is Source.MODEL or match.is_lowered or bool(match.context)
        by_kind[adds_nothing].append(match)
    if not any(by_kind.values()):
        return Total({}, 0.0)
    categories = category_scores(by_kind[False])
    score = message_score(categories)
    for match in by_kind[True]:
        categories[match.category] = max(categories.get(match.category, 0.0), match.score)
        score = max(score, match.score)
    return Total(categories, score)


def category_scores(matches: Iterable[Match]) -> dict[Category, float]:
    """Return each category's strongest match plus a tenth for each of up to three more."""
    by_category: dict[Category, list[float]] = defaultdict(list)
    for match in matches:
        by_category[match.category].append(match.score)
    totals: dict[Category, float] = {}
    for category, scores in by_category.items():
        further = min(len(scores) - 1, MOST_FURTHER_MATCHES)
        totals[category] = min(1.0, round(max(scores) + STEP * further, DIGITS))
    return totals


def message_score(categories: Mapping[Category, float]) -> float:
    """Return the highest category's score plus a tenth for each further category."""
    if not categories:
        return 0.0
    total = max(categories.values()) + STEP * (len(categories) - 1)
    return min(1.0, round(total, DIGITS))


def without_overlaps(matches: Collection[Match]) -> tuple[Match, ...]:
    """Return the strongest of matches that share letters, so that no word counts twice.

    Spam signals describe the whole text, so they may overlap words.
    """
    if not matches:
        return ()
    kept: list[Match] = []
    # Of equals a project's own word wins, then the longer match, then the first, because earlier
    # views are closer to the text.
    strongest_first = sorted(
        matches,
        key=lambda match: (
            -match.score,
            match.source is not Source.BLACKLIST,
            match.start - match.end,
            match.start,
        ),
    )
    taken = bytearray(max((match.end for match in strongest_first), default=0))
    for match in strongest_first:
        if match.source is Source.SPAM:
            kept.append(match)
        elif taken.find(1, match.start, match.end) < 0:
            taken[match.start : match.end] = b"\x01" * (match.end - match.start)
            kept.append(match)
    return tuple(sorted(kept, key=lambda match: (match.start, match.end, match.word)))
