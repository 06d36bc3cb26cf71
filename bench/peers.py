"""Judge texts by other people's packages: `evaluate.py --py bench/peers.py:better_profanity`.

They live in an environment of their own: `pip install better-profanity glin-profanity badwords-py
alt-profanity-check`. All but the last are lists of words; that one is a model.
"""

from functools import cache
from typing import Any


def better_profanity(texts: list[str]) -> list[bool]:
    return [_better_profanity().contains_profanity(text) for text in texts]


def glin_profanity(texts: list[str]) -> list[bool]:
    return [_glin_profanity().is_profane(text) for text in texts]


def badwords_py(texts: list[str]) -> list[bool]:
    return [_badwords_py().is_profane(text) for text in texts]


def alt_profanity_check(texts: list[str]) -> list[float]:
    from profanity_check import predict_prob  # noqa: PLC0415 - only this peer's environment has it

    return [float(share) for share in predict_prob(texts)]


@cache
def _better_profanity() -> Any:
    from better_profanity import profanity  # noqa: PLC0415

    profanity.load_censor_words()
    return profanity


@cache
def _glin_profanity() -> Any:
    from glin_profanity import Filter  # noqa: PLC0415

    return Filter({"languages": ["english", "spanish", "hindi"], "detect_leetspeak": True})


@cache
def _badwords_py() -> Any:
    from badwords import ProfanityFilter  # noqa: PLC0415

    found = ProfanityFilter()
    found.init(languages=["en", "es"])
    return found
