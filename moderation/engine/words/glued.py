"""Find a listed word that others are glued to, as in a name: "stupidbitch", "youareanidiot"."""

import re
from collections.abc import Mapping
from typing import TypeVar

Listed = TypeVar("Listed")

#: What is glued before it. The token itself is no ordinary word: "therapist" never comes here.
BEFORE = re.compile(
    r"(?:you(?:re|r)?|u|ur|are|is|a|an|the|this|that|such|im|i|hes|shes|my|all|little|lil|big|fat"
    r"|ugly|dumb|stupid|filthy|dirty|crazy|lazy|fucking|fuckin|bloody|damn|what){1,5}"
)
#: "a" and "i" alone begin too many words: "aspics".
SHORTEST, SHORTEST_BEFORE = 5, 2


def glued_word(token: str, listed: Mapping[str, Listed]) -> Listed | None:
    """Return the listed word that ends a folded token which is made of such words, if any."""
    first = 1 if token.startswith("u") else SHORTEST_BEFORE
    for start in range(first, len(token) - SHORTEST + 1):
        found = listed.get(token[start:])
        if found is not None and BEFORE.fullmatch(token, 0, start):
            return found
    return None
