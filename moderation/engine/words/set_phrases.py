"""Say whether a listed word stands in a set phrase that calls nobody anything.

"Resting bitch face", "stop bitching about the weather", "lucky bastard", "who gives a fuck".
"""

import re

#: Stand around the listed word.
OPEN, CLOSE = "<", ">"
PHRASE = re.compile(
    r"\bresting <bitch>[\s-]face\b"
    r"|^\W*<bitch>,? please\b"
    r"|(?:\b(?:stop|quit|start(?:ed)?|always|keeps?|kept|been|am|was|were|is|are|no|enough)\s+"
    r"(?:(?:your|my|his|her|our|their|with the|of the)\s+)?)<bitching>"
    r"|<bitching>\s+(?:about|and moaning|over)\b"
    r"|^\W*<son of a bitch>\s?[,!.]+\s+(?:i|that|it|my|we|what|this|the)\b"
    r"(?!['’]?\s?(?:ll|will|am|m)\b)"
    r"|\b(?:lucky|poor|cheeky|jammy|clever|sly|magnificent|glorious)\s+<bastards?>"
    r"|\b(?:who|nobody|no one)\s+(?:really\s+)?(?:gives?|gave)\s+(?:a|two|one)\s+"
    r"(?:(?:single|flying)\s+)?<fucks?>(?!\s+about\s+(?:you|him|her|them|those|these))"
    r"|\bhostia\s+<puta>|<puta>\s+(?:hostia|lluvia|madre qué|vida que)\b"
)


def is_set_phrase(word: str, before: str, after: str) -> bool:
    """Say whether the word, with what stands before and after it, is one; all in small letters."""
    return bool(PHRASE.search(f"{before}{OPEN}{word}{CLOSE}{after}"))
