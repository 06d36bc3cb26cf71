"""Add matches up to one score per category and one for the text (CONTRACT section 5, Score)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from moderation.engine.matches import Category, Match, Source

STEP = 0.1
MOST_FURTHER_MATCHES = 3
#: Enough for every score a project may set, few enough to drop the noise of adding tenths.
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Scored:
    """What matches add up to."""

    categories: Mapping[Category, float]
    score: float


def scored(matches: Iterable[Match]) -> Scored:
    """Add up what the rules found; a model judges the whole text, so it only ever lifts a score."""
    by_kind: dict[bool, list[Match]] = {True: [], False: []}
    for match in matches:
        by_kind[match.source is Source.MODEL].append(match)
    categories = category_scores(by_kind[False])
    score = message_score(categories)
    for match in by_kind[True]:
        categories[match.category] = max(categories.get(match.category, 0.0), match.score)
        score = max(score, match.score)
    return Scored(categories, score)


def category_scores(matches: Iterable[Match]) -> dict[Category, float]:
    """Return each category's strongest match plus a tenth for each of up to three more."""
    scores: dict[Category, list[float]] = defaultdict(list)
    for match in matches:
        scores[match.category].append(match.score)
    return {category: _sum(found) for category, found in scores.items()}


def _sum(scores: list[float]) -> float:
    further = min(len(scores) - 1, MOST_FURTHER_MATCHES)
    return min(1.0, round(max(scores) + STEP * further, DIGITS))


def message_score(categories: Mapping[Category, float]) -> float:
    """Return the highest category plus a tenth for each further one."""
    if not categories:
        return 0.0
    total = max(categories.values()) + STEP * (len(categories) - 1)
    return min(1.0, round(total, DIGITS))


def without_overlaps(matches: Iterable[Match]) -> tuple[Match, ...]:
    """Keep the strongest of matches that share letters, so that no word counts twice.

    Spam signals speak of the whole text and overlap words without repeating them.
    """
    kept: list[Match] = []
    strongest_first = sorted(matches, key=_strength)
    taken = bytearray(max((match.end for match in strongest_first), default=0))
    for match in strongest_first:
        if match.source is Source.SPAM:
            kept.append(match)
        elif taken.find(1, match.start, match.end) < 0:
            taken[match.start : match.end] = b"\x01" * (match.end - match.start)
            kept.append(match)
    return tuple(sorted(kept, key=lambda match: (match.start, match.end, match.word)))


def _strength(match: Match) -> tuple[float, int, int]:
    """Of equals the one found first wins, as the earlier views are closer to the text."""
    return (-match.score, match.start - match.end, match.start)
