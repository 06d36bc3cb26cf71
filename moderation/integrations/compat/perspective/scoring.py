"""Perspective's attributes out of our classification, for a whole comment and its sentences."""

import re
import time
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
#: A large model takes its time for each sentence; nobody else should wait for it.
MOST_SECONDS = 1.0
#: Begin and end, in code points.
Span = tuple[int, int]
Classified = Callable[[str], Classification]


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
    classified: Classified | None = None,
) -> dict[str, Any]:
    """Return `attributeScores`: those attributes whose summary reaches their threshold.

    classified: scores a part of the text; None means that the only span is the whole text.
    """
    summary = scores_of(found)
    parts = _scored_parts(text, classified) if classified else [((0, len(text)), summary)]
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


def _scored_parts(text: str, classified: Classified) -> list[tuple[Span, dict[str, float]]]:
    """Score sentence by sentence, and what is left in one piece once the time is over."""
    until = time.monotonic() + MOST_SECONDS
    parts, places = [], sentences(text)
    for start, end in places:
        is_late = time.monotonic() > until
        stop = places[-1][1] if is_late else end
        parts.append(((start, stop), scores_of(classified(text[start:stop]))))
        if is_late:
            break
    return parts


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
