"""A list of 505 words and two patterns, as one regular expression."""

import re

INSULTS = ("idiot", "moron", "loser", "scum", "trash")
WORDS = (*INSULTS, *(f"badword{number}" for number in range(500)))
PATTERNS = (r"free\s+money", r"\b\d{4}[- ]?\d{4}[- ]?\d{4}[- ]?\d{4}\b")
_words = frozenset(WORDS)
_patterns = re.compile("|".join(PATTERNS), re.IGNORECASE)
_token = re.compile(r"\w+")


def find(text: str) -> list[str]:
    """Return what of the list is in the text."""
    found = [token for token in _token.findall(text.lower()) if token in _words]
    return found + _patterns.findall(text)
