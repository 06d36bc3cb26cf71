"""Say where a text gives a model too little evidence to accuse anybody.

A model that has learnt hatred from sentences about groups of people finds it in the groups' names.
So it must not flag one or two ordinary words, nor what only says something good of people, or
denies something bad: "los gitanos merecen respeto", "women are not stupid".
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from itertools import groupby

from moderation.engine.data import rows
from moderation.engine.model.statements import (
    denies_a_custom,
    is_of_colours,
    says_what_somebody_is,
    tells_of_harm,
)
from moderation.engine.text.ordinary import is_ordinary
from moderation.engine.text.people import is_people
from moderation.engine.words.oneself import OTHERS

#: Words, and the signs that end a clause.
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W_]+)*|[.!?;]")
ENDS = frozenset(".!?;")
GOOD, BAD, NOT, PEOPLE, DOUBTFUL, MODAL, OTHER = range(7)
#: Urdu denies after the word.
AFTER = frozenset(("nahi", "nahin", "nai", "nhi"))
#: One of the first two words of a wish.
WISHES = frozenset(("ojala", "espero", "hope", "wish", "wishing", "deseo"))
#: Who people also are: "a gay teacher", "una mujer trans".
ROLES = (
    r"(?:man|woman|person|boy|girl|guy|mum|mom|dad|mother|father|student|nurse|doctor|artist"
    r"|[a-z]+er|mujer|hombre|persona|madre|padre|trans)"
)
#: "They live here too" adds nothing; "too many" may blame.
TOO_LAST = re.compile(r"\btoo(?=\s*(?:$|[.!?;,]))")
#: How many words a denial reaches over.
REACH, REACH_BACK = 6, 2
FEW = 2
#: A "que" after one of these begins a clause; any other may compare.
BEFORE_QUE = frozenset(
    ("hay", "tenemos", "tienen", "de", "permitir", "permitan", "permitamos", "creo", "espero",
     "quiero", "queremos", "digo", "sabemos", "alegra", "gusta")
)  # fmt: skip
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
    return (
        _is_kind(words)
        or _is_good_wish(spoken)
        or _is_of_ones_own(folded)
        or says_what_somebody_is(spoken)
        or (_only_tells(words) and not OTHERS.search(folded))
        or _denies_a_custom(words)
    )


def _denies_a_custom(words: Sequence[str]) -> bool:
    """Say whether a text says of some people what they do not do, and nothing bad of them."""
    kinds = [_kind_of(word) for word in words]
    groups = [kind for kind, _ in groupby(kinds)].count(PEOPLE)
    is_plain = groups == 1 and {BAD, DOUBTFUL, MODAL}.isdisjoint(kinds)
    return is_plain and denies_a_custom(words)


def _only_tells(words: Sequence[str]) -> bool:
    """Say whether a text tells what was done to people, or of things in the colours of people."""
    if is_of_colours(words):
        return True
    kinds = [_kind_of(word) for word in words]
    is_wish = not {GOOD, NOT, MODAL}.isdisjoint(kinds)
    bad = [word for word, kind in zip(words, kinds, strict=True) if kind == BAD]
    return PEOPLE in kinds and not is_wish and tells_of_harm(words, bad)


def _is_good_wish(spoken: Sequence[str]) -> bool:
    """Say whether a text wishes its reader something good: "ojalá te guste el libro"."""
    kinds = {_kind_of(word) for word in spoken}
    is_wish = not WISHES.isdisjoint(spoken[:2])
    return is_wish and GOOD in kinds and kinds.isdisjoint({PEOPLE, BAD, NOT, DOUBTFUL})


@cache
def _self_description() -> re.Pattern[str]:
    """Return what tells of "as a disabled woman I …", "soy una mujer trans"."""
    people = "|".join(sorted((word for word, *_ in rows("people.tsv")), key=len, reverse=True))
    return re.compile(
        r"\b(?:as|i am|i['’]?m|being|como|soy|somos|we are|we['’]re) (?:an? |un[ao]? )?"
        rf"(?:[^\W\d_]+ ){{0,2}}?(?:{people})\b(?: {ROLES}\b)?"
    )


def _is_of_ones_own(folded: str) -> bool:
    """Say whether a text names people only as what its author is, and has no bad word."""
    rest, count = _self_description().subn(" ", folded)
    if not count or OTHERS.search(rest):
        return False
    kinds = {_kind_of(word) for word in WORD.findall(rest)}
    return kinds.isdisjoint({PEOPLE, BAD})


def has_target(folded: str) -> bool:
    """Say whether a folded text speaks to somebody, or of somebody but its author."""
    return OTHERS.search(folded) is not None or any(map(is_people, WORD.findall(folded)))


def has_ill_will(folded: str) -> bool:
    """Say whether a folded text has a word that can speak against people."""
    words = WORD.findall(TOO_LAST.sub("", folded))
    return any(_kind_of(word) in {BAD, NOT, DOUBTFUL, MODAL} for word in words)


def has_blame(folded: str) -> bool:
    """Say whether a folded text has a bad word, denies something or says what should be."""
    return any(_kind_of(word) in {BAD, NOT, MODAL} for word in WORD.findall(folded))


def has_bad_word(folded: str, but: AbstractSet[str]) -> bool:
    """Say whether a folded text has a bad word besides some."""
    return any(_kind_of(word) == BAD for word in WORD.findall(folded) if word not in but)


def _is_kind(words: Sequence[str]) -> bool:
    """Say whether a text about people has a good word or a denied bad one, and nothing else."""
    words = [word for at, word in enumerate(words) if not _only_joins(words, at)]
    kinds = [_kind_of(word) for word in words]
    if PEOPLE not in kinds or DOUBTFUL in kinds or "?" in words:
        return False
    is_kind = False
    denials = sum(kind == NOT for kind in kinds)
    # "Should be nice" blames; "no woman should be hurt" does not, nor "we should admire women".
    if MODAL in kinds and not denials and not _is_praise_due(kinds):
        return False
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


def _only_joins(words: Sequence[str], at: int) -> bool:
    """Say whether a "que" compares nothing: "hay que respetar …", "me alegro de que …"."""
    return words[at] == "que" and at > 0 and words[at - 1] in BEFORE_QUE


def _is_praise_due(kinds: Sequence[int]) -> bool:
    """Say whether a text asks for something good and then names people: "respect for migrants"."""
    modal, people = kinds.index(MODAL), kinds.index(PEOPLE)
    return modal < people and GOOD in kinds[modal:people]


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
