"""Judge texts by other people's packages: `evaluate.py --py bench/peers.py:better_profanity`."""

from functools import cache
from typing import Any


def better_profanity(texts: list[str]) -> list[bool]:
    return [_better_profanity().contains_profanity(text) for text in texts]


def alt_profanity_check(texts: list[str]) -> list[float]:
    from profanity_check import predict_prob  # noqa: PLC0415 - only this peer's environment has it

    return [float(share) for share in predict_prob(texts)]


@cache
def _better_profanity() -> Any:
    from better_profanity import profanity  # noqa: PLC0415

    profanity.load_censor_words()
    return profanity
