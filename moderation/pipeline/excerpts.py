"""The excerpts of a text in its findings, and what of them the policy lets a project store."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypedDict

from moderation.engine.matches import Classification, Match, PiiMatch, Source
from moderation.pipeline.shapes import MatchRow, PersonalRow

#: Replaces one code point, so that the offsets of findings stay right.
MASK = "•"
#: If one of these parts failed, personal data may be undetected, so nothing is stored.
NEEDED_TO_MASK = frozenset({"engine", "normalization", "pii"})


def redact_for_storage(
    text: str, finding: Classification, storage: str
) -> tuple[str, Classification]:
    """Return the text and the findings as the policy stores them.

    storage: `full`, `masked` (MASK replaces personal data, in excerpts too) or `hash` (nothing
    of the text). Offsets, categories and scores stay.
    """
    if storage == "full":
        return text, finding
    if storage == "hash" or NEEDED_TO_MASK.intersection(finding.failed):
        return "", _with_excerpts("", finding, finding.matches)
    letters = list(text)
    for item in finding.pii:
        letters[item.start : item.end] = MASK * (item.end - item.start)
    masked = "".join(letters)
    changed = [match for match in finding.matches if _excerpt(masked, match) != match.text]
    return masked, _with_excerpts(masked, finding, changed)


class Quotes(TypedDict):
    """The fields of a log that hold parts of the text."""

    content: str
    matches: list[MatchRow]
    pii: list[PersonalRow]
    detected_words: list[str]


def quotes_of(text: str, finding: Classification) -> Quotes:
    return {
        "content": text,
        "matches": [match_row(match) for match in finding.matches],
        "pii": [pii_row(item) for item in finding.pii],
        "detected_words": finding.detected_words,
    }


def ai_rows(finding: Classification, storage: str) -> list[MatchRow]:
    """Return what an AI provider said, for moderators to read.

    Its reasons may repeat the text, so only a project that stores texts in full stores them.
    """
    matches = [match for hit in finding.rule_hits for match in hit.matches]
    said = [match for match in matches if match.source is Source.RULE and not match.end]
    if storage != "full":
        return []
    return [{**match_row(match), "reason": match.word} for match in said]


def match_row(match: Match) -> MatchRow:
    """Return a match as answers and logs show it."""
    return {
        "start": match.start,
        "end": match.end,
        "text": match.text,
        "category": str(match.category),
        "source": str(match.source),
        "score": match.score,
        "rule_id": match.rule_id,
    }


def pii_row(pii: PiiMatch) -> PersonalRow:
    """Return an item of personal data as answers and logs show it."""
    return {"type": str(pii.type), "start": pii.start, "end": pii.end, "text": pii.text}


def _with_excerpts(text: str, finding: Classification, changed: Iterable[Match]) -> Classification:
    """Return the classification with excerpts of this text: of personal data and these matches."""
    replaced = {
        match: replace(match, text=_excerpt(text, match), word=_excerpt(text, match))
        for match in changed
    }
    return replace(
        finding,
        matches=tuple(replaced.get(match, match) for match in finding.matches),
        pii=tuple(replace(item, text=_excerpt(text, item)) for item in finding.pii),
    )


def _excerpt(text: str, span: Match | PiiMatch) -> str:
    return text[span.start : span.end]
