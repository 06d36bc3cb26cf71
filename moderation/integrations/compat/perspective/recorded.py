"""Read recorded answers of Perspective: JSON lines, as exported or as the recording proxy wrote."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.integrations.compat.perspective.attributes import attribute_named
from moderation.lib.errors import Invalid

MOST_LINES = 1_000_000
TEXT_RULE = "needs `text`, or `comment` with `text`"
SCORES_RULE = "needs `scores`, or `attributeScores`: attribute → a number from 0 to 1"


@dataclass(frozen=True)
class Recorded:
    """One text with the scores that Perspective gave it."""

    text: str
    #: Our name of an attribute → its score, 0-1.
    scores: Mapping[str, float]
    languages: tuple[str, ...] = ()
    #: What a moderator decided; None if nobody did.
    rejected: bool | None = None
    #: Attributes that nobody can score here.
    unknown: tuple[str, ...] = field(default=())


def recorded_rows(lines: Iterable[str]) -> Iterator[Recorded]:
    """Yield the rows of JSON lines; Invalid names the first line that makes no sense.

    `{"text", "scores": {attribute: number}, "languages"?, "rejected"?}`, or a request and an
    answer of Perspective side by side: `{"comment": {"text"}, "attributeScores": {…}}`, or
    `{"request": {…}, "response": {…}}`.
    """
    for number, line in enumerate(lines, start=1):
        if number > MOST_LINES:
            raise Invalid("file", f"has more than {MOST_LINES} lines")
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Invalid("file", f"line {number}: {error}") from error
        if not isinstance(value, dict):
            raise Invalid("file", f"line {number}: is no object")
        yield _row(value, number)


def _row(value: Mapping[str, Any], number: int) -> Recorded:
    parts: dict[str, Any] = dict(value)
    for name in ("request", "response"):
        inner = value.get(name)
        parts |= inner if isinstance(inner, dict) else {}
    comment = parts.get("comment")
    text = parts.get("text") or (comment.get("text") if isinstance(comment, dict) else comment)
    if not isinstance(text, str) or not text.strip():
        raise Invalid("file", f"line {number}: {TEXT_RULE}")
    given = parts.get("scores", parts.get("attributeScores"))
    if not isinstance(given, dict) or not given:
        raise Invalid("file", f"line {number}: {SCORES_RULE}")
    scores, unknown = dict[str, float](), []
    for name, score in given.items():
        attribute = attribute_named(name)
        if attribute is None:
            unknown.append(name)
        else:
            scores[attribute] = _number(score, number)
    languages = parts.get("languages") or ()
    rejected = parts.get("rejected")
    return Recorded(
        text,
        scores,
        tuple(name for name in languages if isinstance(name, str)),
        rejected if isinstance(rejected, bool) else None,
        tuple(unknown),
    )


def _number(score: Any, number: int) -> float:
    if isinstance(score, dict):
        score = (score.get("summaryScore") or {}).get("value")
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        raise Invalid("file", f"line {number}: {SCORES_RULE}")
    return float(score)
