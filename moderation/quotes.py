"""What a judgement quotes of its text, and how much of that a project keeps."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from moderation.engine.matches import Classification, Match, PiiMatch

#: One for each code point, so that the offsets of what was found stay true.
MASK = "•"
#: Where one of these failed, nobody knows what there is to mask.
KNOWING = frozenset({"engine", "normalization", "pii"})


def kept(text: str, found: Classification, storage: str) -> tuple[str, Classification]:
    """Return what is stored of a text, and of what was found in it.

    storage: the policy's `full`, `masked` (personal data is MASK, letter by letter, also where a
    match quotes it) or `hash` (no letter of the text). Offsets, categories and scores stay.
    """
    if storage == "full":
        return text, found
    if storage == "hash" or KNOWING.intersection(found.failed):
        return "", _quoting("", found, found.matches)
    masked = _masked(text, found.pii)
    touched = [match for match in found.matches if _quote(masked, match) != match.text]
    return masked, _quoting(masked, found, touched)


def quotes_of(text: str, found: Classification) -> dict[str, Any]:
    """Return the fields of a log that hold letters of the text."""
    return {
        "content": text,
        "matches": [match_row(match) for match in found.matches],
        "pii": [pii_row(span) for span in found.pii],
        "detected_words": found.detected_words,
    }


def match_row(match: Match) -> dict[str, Any]:
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


def pii_row(pii: PiiMatch) -> dict[str, Any]:
    """Return personal data that was found, as answers and logs show it."""
    return {"type": str(pii.type), "start": pii.start, "end": pii.end, "text": pii.text}


def _masked(text: str, pii: Iterable[PiiMatch]) -> str:
    letters = list(text)
    for span in pii:
        letters[span.start : span.end] = MASK * (span.end - span.start)
    return "".join(letters)


def _quoting(text: str, found: Classification, touched: Iterable[Match]) -> Classification:
    """Return what was found with its quotes, and the words of these matches, from this text."""
    told = {
        match: replace(match, text=_quote(text, match), word=_quote(text, match))
        for match in touched
    }
    return replace(
        found,
        matches=tuple(told.get(match, match) for match in found.matches),
        pii=tuple(replace(span, text=_quote(text, span)) for span in found.pii),
    )


def _quote(text: str, span: Match | PiiMatch) -> str:
    return text[span.start : span.end]
