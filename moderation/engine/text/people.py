"""Words for groups of people, which make a text neither good nor bad."""

from functools import cache

from moderation.engine.data import rows


@cache
def people_words() -> frozenset[str]:
    """Return the folded words."""
    return frozenset(word for word, *_ in rows("people.tsv"))


def is_people(word: str) -> bool:
    """Say whether a folded word names a group of people or one of it."""
    return word in people_words()
