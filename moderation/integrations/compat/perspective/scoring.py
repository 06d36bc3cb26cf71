"""Compute Perspective's attributes for a comment and its sentences."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypedDict

import numpy as np

from moderation.integrations.compat.perspective.attributes import attribute_named, score_of
from moderation.integrations.compat.perspective.comparison import Points
from moderation.integrations.compat.scores import DIGITS, Scores

#: A sentence ends with punctuation before a space, or with its line; it may be nothing else. Each
#: row of dots is read once: read from each of its dots, 20,000 of them took three seconds.
SENTENCE = re.compile(r"[.!?…]{2,}+(?=\s)|\S.*?(?:(?<![.!?…])[.!?…]++(?=\s)|(?=\n)|\Z)", re.DOTALL)
#: The rest of a comment with more sentences is scored as one.
MOST_SENTENCES = 50
#: A large model is slow at each sentence; other calls must not wait for it.
MOST_SECONDS = 1.0
#: Begin and end, in code points.
Span = tuple[int, int]
ScorePart = Callable[[str], Scores]


class Score(TypedDict):
    value: float
    type: str


class SpanScore(TypedDict):
    begin: int
    end: int
    score: Score


class AttributeScores(TypedDict):
    spanScores: list[SpanScore]
    summaryScore: Score


def attribute_scores(
    text: str,
    scores: Scores,
    attributes: Mapping[str, float],
    score_part: ScorePart | None = None,
    mapping: Mapping[str, Points] | None = None,
) -> dict[str, AttributeScores]:
    """Return `attributeScores`: the attributes whose summary reaches their threshold.

    attributes: known ones, as the client calls them, with their thresholds.
    score_part: scores a sentence; None means that the only span is the whole text.
    mapping: what the project stored, attribute → points.
    """
    summary = scores_by_name(attributes, scores, text, mapping)
    spans = []
    parts = _scored_parts(text, score_part) if score_part else [((0, len(text)), scores)]
    for (begin, end), found in parts:
        by_name = scores_by_name(attributes, found, text[begin:end], mapping)
        spans.append((_utf16_length(text[:begin]), _utf16_length(text[:end]), by_name))
    return {
        name: {
            "spanScores": [
                {"begin": begin, "end": end, "score": _score(by_name[name])}
                for begin, end, by_name in spans
            ],
            "summaryScore": _score(summary[name]),
        }
        for name, threshold in attributes.items()
        if summary[name] >= threshold
    }


def scores_by_name(
    names: Iterable[str], scores: Scores, text: str, mapping: Mapping[str, Points] | None = None
) -> dict[str, float]:
    """Return the scores of these attributes; those that nobody can score are left out."""
    found = {}
    for name in names:
        if attribute := attribute_named(name):
            score = score_of(attribute, scores, text)
            points = (mapping or {}).get(attribute)
            found[name] = mapped(score, points) if points else score
    return found


def mapped(score: float, points: Points) -> float:
    """Return a score on the scale to which the points lead, in straight lines between them."""
    ours, theirs = zip(*points, strict=True)
    return round(float(np.interp(score, ours, theirs)), DIGITS)


def _scored_parts(text: str, score_part: ScorePart) -> list[tuple[Span, Scores]]:
    """Score sentence by sentence, and the rest in one piece once the time is over."""
    until = time.monotonic() + MOST_SECONDS
    parts, places = [], sentences(text)
    for start, end in places:
        is_late = time.monotonic() > until
        stop = places[-1][1] if is_late else end
        parts.append(((start, stop), score_part(text[start:stop])))
        if is_late:
            break
    return parts


def sentences(text: str) -> list[Span]:
    """Return the spans of the sentences; the last of MOST_SENTENCES spans has all the rest."""
    spans = [match.span() for match in SENTENCE.finditer(text)]
    if len(spans) <= MOST_SENTENCES:
        return spans
    rest = spans[MOST_SENTENCES - 1][0], spans[-1][1]
    return [*spans[: MOST_SENTENCES - 1], rest]


def _utf16_length(text: str) -> int:
    """Count UTF-16 code units, in which the discovery document gives offsets."""
    return len(text.encode("utf-16-le")) // 2


def _score(value: float) -> Score:
    return {"value": value, "type": "PROBABILITY"}
