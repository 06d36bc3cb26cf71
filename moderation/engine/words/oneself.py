"""Say whether a text speaks of its author alone."""

import re
from collections.abc import Iterable
from functools import lru_cache

from moderation.engine.matches import Category, Context, Match, Source
from moderation.engine.text.people import is_people
from moderation.engine.text.tokens import words_of
from moderation.engine.words.context import IS_FIRST, MILD, PART_OF_ME

#: What one may say of oneself without a review; threats and slurs go on to a person.
NAME_CALLING = frozenset({Category.INSULT, Category.HARASSMENT})
#: Somebody else: a text that names one may be about them.
OTHERS = re.compile(
    r"\b(?:you|u|ur|your|yours|youre|yourself|ya|yall|he|she|they|him|her|them|his|hers|their|these"
    r"|those|people|someone|somebody|anyone|t[uú]s?|te|ti|usted(?:es)?|vos|[eé]l|ell[ao]s?|les?"
    r"|gente|tum|tm|aap|ap|tera|teri|tere|tujh\w*|tumh\w*|woh?|yeh?|log|logon|insaa?n|ho"
    r"|[iu]n?s?k[aie]|[iu]sse|[iu]nhe)\b",
    re.IGNORECASE,
)
FIRST_PERSON = re.compile(
    rf"\b(?:{IS_FIRST}|im|myself|(?:makes?|made|silly|stupid) me|soy|estoy|fui|me siento"
    rf"|i (?:really |always |just |totally |still |kinda )?sucks?|my (?:\w+ )?{PART_OF_ME}"
    r"|mai?n (?:\w+ ){0,6}hoo?n|hoon)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8)
def _speaks_of_oneself(text: str) -> bool:
    return FIRST_PERSON.search(text) is not None and OTHERS.search(text) is None


def is_about_oneself(text: str, matches: Iterable[Match]) -> bool:
    """Say whether a text speaks of its author alone; matches: what the rules found in it."""
    are_mine = all(
        match.context is Context.SELF and match.category in MILD
        for match in matches
        if match.source is not Source.SPAM
    )
    return are_mine and _speaks_of_oneself(text) and not any(map(is_people, words_of(text.lower())))


#: Somebody else than the author is told, or is what the sentence is about.
NOT_MYSELF = re.compile(
    r"\b(?:you\w*|u|ur|ya|yo|y?all|he|she|they|te|tu|t[uú]|vos|tum|aap)\b", re.IGNORECASE
)


def blames_oneself(text: str, matches: Iterable[Match]) -> bool:
    """Say whether a text calls only its author names: "I'm a moron for trusting him"."""
    are_mine = all(
        match.context is Context.SELF and match.category in NAME_CALLING
        for match in matches
        if match.source is not Source.SPAM
    )
    return are_mine and bool(FIRST_PERSON.search(text)) and not NOT_MYSELF.search(text)
