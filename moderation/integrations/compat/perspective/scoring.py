"""Perspective's attributes out of our classification, for a whole comment and its sentences."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moderation.engine.matches import Category, Classification

#: Attribute → the label of ours that it is (docs/moving-from-perspective.md says what of).
LABELS = {
    "TOXICITY": "toxicity",
    "SEVERE_TOXICITY": "severe_toxicity",
    "IDENTITY_ATTACK": "identity_hate",
    "INSULT": "insult",
    "PROFANITY": "obscene",
    "THREAT": "threat",
}
SEXUALLY_EXPLICIT = "SEXUALLY_EXPLICIT"
ATTRIBUTES = (*LABELS, SEXUALLY_EXPLICIT)
#: A sentence ends with its signs before a gap, or with its line.
SENTENCE = re.compile(r"\S.*?(?:[.!?…]+(?=\s)|(?=\n)|\Z)", re.DOTALL)
#: What is left of a comment with more sentences is scored as one.
MOST_SENTENCES = 50
#: Begin and end, in code points.
Span = tuple[int, int]


def scores_of(found: Classification) -> dict[str, float]:
    """Return every attribute's score, 0-1: a model's or the lists', whichever is higher."""
    model, lists = found.detoxify_scores, found.labels
    scores = {
        attribute: max(model[label], lists.get(label, 0.0)) for attribute, label in LABELS.items()
    }
    return {**scores, SEXUALLY_EXPLICIT: found.categories.get(Category.SEXUAL, 0.0)}


def attribute_scores(
    text: str,
    found: Classification,
    attributes: Mapping[str, float],
    classified: Callable[[str], Classification] | None = None,
) -> dict[str, Any]:
    """Return `attributeScores`: those attributes whose summary reaches their threshold.

    classified: scores a part of the text; None means that the only span is the whole text.
    """
    summary = scores_of(found)
    parts = [((0, len(text)), summary)]
    if classified:
        parts = [((start, end), scores_of(classified(text[start:end])))
                 for start, end in sentences(text)]  # fmt: skip
    spans = list(zip(_utf16(text, [span for span, _ in parts]), parts, strict=True))
    return {
        name: {
            "spanScores": [
                {"begin": begin, "end": end, "score": _score(scores[name])}
                for (begin, end), (_, scores) in spans
            ],
            "summaryScore": _score(summary[name]),
        }
        for name, threshold in attributes.items()
        if summary[name] >= threshold
    }


def sentences(text: str) -> list[Span]:
    """Return where the sentences stand; beyond the most that are scored, one span has the rest."""
    found = [match.span() for match in SENTENCE.finditer(text)]
    if len(found) <= MOST_SENTENCES:
        return found
    kept = found[: MOST_SENTENCES - 1]
    return [*kept, (found[MOST_SENTENCES - 1][0], found[-1][1])]


def _utf16(text: str, spans: list[Span]) -> Iterator[Span]:
    """Count in UTF-16 code units, as Perspective's discovery document says of its spans."""
    units, reached = 0, 0
    for begin, end in spans:
        begins = units + _units(text[reached:begin])
        units = begins + _units(text[begin:end])
        reached = end
        yield begins, units


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _score(value: float) -> dict[str, Any]:
    return {"value": value, "type": "PROBABILITY"}
