"""Know statements that name people or their colours: what somebody is, news, chess, things."""

import re
from collections.abc import Sequence
from functools import cache

from moderation.engine.data import rows
from moderation.engine.text.people import is_people

#: Longer ones say more than what somebody is.
MOST_IN_STATEMENT = 8
#: Of nobody to their face: "tu hijra hai".
JEERS = frozenset(("hijra", "hijray", "hijre", "khusra", "khusray", "gay"))
#: Not the Spanish ones: "negro" alone is a person.
COLOURS = frozenset(("black", "white", "blacks", "whites", "brown"))
BOTH = frozenset(("black", "white"))
#: Shorter texts tell no news.
FEWEST_OF_NEWS = 4
#: A denial of what is, and how many words may stand between it and what it denies.
DENIAL = re.compile(
    r"(?:do|does|did|is|are|was|were|ca|could)n['’]?t|cannot|not|no|nahi|nahin|nai|nhi"
)
REACH, MOST_OF_CUSTOM = 4, 14
#: What somebody wants of others, asks, or says of all there is.
NO_CUSTOM = frozenset(
    ("?", "you", "u", "your", "our", "us", "we", "my", "me", "should", "must", "will", "would")
)
APOSTROPHE = re.compile("['’]")


def says_what_somebody_is(spoken: Sequence[str]) -> bool:
    """Say whether words state or ask what somebody is, and nothing of it: "is she a lesbian"."""
    return len(spoken) <= MOST_IN_STATEMENT and all(
        _first_part(word) in _words("stating") or (is_people(word) and word not in JEERS)
        for word in spoken
    )


def tells_of_harm(words: Sequence[str], bad: Sequence[str]) -> bool:
    """Say whether a text tells what was done to people: "refugees drown", "man stabbed".

    bad: its bad words; only those of such news may be among them.
    """
    if "all" in words or "?" in words or len(words) < FEWEST_OF_NEWS:
        return False
    harmed = _words("harmed")
    return not harmed.isdisjoint(words) and all(
        word in harmed or word in _words("crime") for word in bad
    )


def denies_a_custom(words: Sequence[str]) -> bool:
    """Say whether a text says what people do not do, or may not: "Jews don't eat pork"."""
    denials = [at for at, word in enumerate(words) if DENIAL.fullmatch(word)]
    if len(denials) != 1 or len(words) > MOST_OF_CUSTOM or not NO_CUSTOM.isdisjoint(words):
        return False
    at, customs = denials[0], _words("custom")
    if at and words[at - 1] in customs:  # Urdu: "vote nahi de sakti"
        return True
    after = words[at + 1 : at + 1 + REACH]
    named = next((place for place, word in enumerate(after) if word in customs), None)
    return named is not None and _words("to custom").issuperset(after[:named])


def is_of_colours(words: Sequence[str]) -> bool:
    """Say whether a text names no people, but things of their colour: "black holes", chess."""
    names = [_first_part(word) for word in words]
    named = [at for at, name in enumerate(names) if is_people(name)]
    if not named or any(names[at] not in COLOURS for at in named):
        return False
    if set(names) >= BOTH and "blacks" not in names and "whites" not in names:
        return _words("person").isdisjoint(names)
    return not _words("chess").isdisjoint(names) or all(_colours_a_thing(names, at) for at in named)


def _colours_a_thing(names: Sequence[str], at: int) -> bool:
    beside = names[at + 1] if at + 1 < len(names) else ""
    return beside.isalpha() and beside not in _words("person") | _words("no thing")


def _first_part(word: str) -> str:
    """Return "you" of "you're", "black" of "black's"."""
    return APOSTROPHE.split(word, maxsplit=1)[0]


@cache
def _words(role: str) -> frozenset[str]:
    """Return the words of a role in `statement_words.tsv`, whose name says what it is."""
    found = {name: words.split() for name, words, *_ in rows("statement_words.tsv")}
    return frozenset(found[role])
