"""Say where a text gives a model too little evidence to accuse anybody.

A model that has learnt hatred from sentences about groups of people finds it in the groups' names.
So it must not flag one or two ordinary words, nor what only says something good of people, or
denies something bad: "los gitanos merecen respeto", "women are not stupid".
"""

import re
from collections.abc import Container, Sequence
from functools import cache, lru_cache

from moderation.engine.data import rows
from moderation.engine.text.ordinary import is_ordinary
from moderation.engine.text.people import is_people
from moderation.engine.words.context import OTHERS

#: Words, and the signs that end a clause.
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W_]+)*|[.!?;]")
ENDS = frozenset(".!?;")
GOOD, BAD, NOT, PEOPLE, DOUBTFUL, MODAL, OTHER = range(7)
#: Urdu denies after the word.
AFTER = frozenset(("nahi", "nahin", "nai", "nhi"))
#: How many words a denial reaches over.
REACH, REACH_BACK = 6, 2
FEW = 2
#: Longer texts say more than one thing.
MOST_WORDS = 24


def lacks_evidence(folded: str) -> bool:
    """Say whether a folded text without a listed word cannot accuse anybody."""
    words = WORD.findall(folded)
    if len(words) > MOST_WORDS:
        return False
    spoken = [word for word in words if word not in ENDS]
    if len(spoken) <= FEW:
        return len(spoken) == 1 or all(is_ordinary(word) or is_people(word) for word in spoken)
    return _is_kind(words)


def has_target(folded: str) -> bool:
    """Say whether a folded text speaks to somebody, or of somebody but its author."""
    return OTHERS.search(folded) is not None or any(map(is_people, WORD.findall(folded)))


def has_ill_will(folded: str) -> bool:
    """Say whether a folded text has a word that can speak against people."""
    return any(_kind_of(word) in {BAD, NOT, DOUBTFUL, MODAL} for word in WORD.findall(folded))


def has_bad_word(folded: str, but: Container[str]) -> bool:
    """Say whether a folded text has a bad word besides some."""
    return any(_kind_of(word) == BAD for word in WORD.findall(folded) if word not in but)


def _is_kind(words: Sequence[str]) -> bool:
    """Say whether a text about people has a good word or a denied bad one, and nothing else."""
    kinds = [_kind_of(word) for word in words]
    if PEOPLE not in kinds or DOUBTFUL in kinds or "?" in words:
        return False
    is_kind = False
    denials = sum(kind == NOT for kind in kinds)
    if MODAL in kinds and not denials:
        return False  # "should be nice" blames; "no woman should be hurt" does not.
    for at, kind in enumerate(kinds):
        if kind not in {GOOD, BAD}:
            continue
        is_denied = _is_denied(words, kinds, at)
        if is_denied is (kind == GOOD):
            return False
        denials -= is_denied
        is_kind = True
    # A denial of something else may be anything: "do not trust", "do not belong here".
    return is_kind and denials <= 0


def _is_denied(words: Sequence[str], kinds: Sequence[int], at: int) -> bool:
    before = range(at - 1, max(-1, at - 1 - REACH), -1)
    for place in before:
        if words[place] in ENDS:
            break
        if kinds[place] == NOT:
            return True
    return not AFTER.isdisjoint(words[at + 1 : at + 1 + REACH_BACK])


@lru_cache(maxsize=16_384)
def _kind_of(word: str) -> int:
    if is_people(word):
        return PEOPLE
    if word.endswith(("n't", "n’t")):
        return NOT
    return _polarity().get(re.split("['’]", word, maxsplit=1)[0], OTHER)


@cache
def _polarity() -> dict[str, int]:
    """Return what the words are; beside a doubtful one, a good one may be meant badly: "better"."""
    signs = {"good": GOOD, "bad": BAD, "not": NOT, "doubtful": DOUBTFUL, "modal": MODAL}
    return {word: signs[sign] for word, sign, *_ in rows("polarity.tsv")}
