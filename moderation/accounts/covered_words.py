"""Which words a moderator's settings cover until the moderator reveals them."""

from collections.abc import Collection
from typing import Any

from moderation.lib.highlight import Markable, segments
from moderation.models import Preferences, Veil

#: The severities whose words are covered, by preference.
COVERED_FROM = {
    Veil.LOW: ("low", "medium", "high"),
    Veil.MEDIUM: ("medium", "high"),
    Veil.HIGH: ("high",),
}
#: Never covered: moderators must read them to decide, and they hurt nobody.
PLAIN_KINDS = {"spam", "personal_info"}
DOTS = "•••"


def covered_severities(preferences: Preferences) -> tuple[str, ...]:
    """Return the severities whose words are covered for this person."""
    return COVERED_FROM.get(Veil(preferences.veil), ())


def is_covered(severity: str, preferences: Preferences) -> bool:
    """Return whether the words of a text of this severity are covered for this person."""
    return severity in covered_severities(preferences)


def has_covered_words(text: Markable, preferences: Preferences) -> bool:
    """Return whether the text has words that are covered for this person."""
    kinds = {match["category"] for match in text.matches}
    return is_covered(text.severity, preferences) and not PLAIN_KINDS.issuperset(kinds)


def covered_content(text: Markable, *, plain_kinds: Collection[str] = PLAIN_KINDS) -> str:
    """Return the text with dots in place of all that was found, but for the plain kinds."""
    return _with_dots(text, text.content, plain_kinds)


def excerpt(text: Markable, length: int, preferences: Preferences) -> str:
    """Return a text's first characters without marks; covered words become dots."""
    content = text.content[:length]
    if is_covered(text.severity, preferences):
        content = _with_dots(text, content, PLAIN_KINDS)
    return " ".join(content.split()) + ("…" if len(text.content) > length else "")


def _with_dots(text: Markable, content: str, plain_kinds: Collection[str]) -> str:
    pieces = segments(content, *within(text, len(content)))
    return "".join(
        DOTS if piece.kind and piece.kind not in plain_kinds else piece.text for piece in pieces
    )


def within(log: Markable, length: int) -> tuple[list[Any], list[Any]]:
    """Return the matches and PII that begin in the first `length` characters."""
    return (
        [match for match in log.matches if match["start"] < length],
        [hit for hit in log.pii if hit["start"] < length],
    )
