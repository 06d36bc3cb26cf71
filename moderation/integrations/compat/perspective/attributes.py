"""Perspective's attributes, and what each is made of here.

docs/moving-from-perspective.md, "Attributes", has the same table in words.
"""

import re
from collections.abc import Callable, Mapping

from moderation.engine.matches import Category
from moderation.integrations.compat.scores import MOST_CALM, Scores

#: A client may ask for a version of an attribute: `TOXICITY@6`.
VERSION = re.compile(r"@\d{1,6}\Z")
EXPERIMENTAL = "_EXPERIMENTAL"
#: A comment of so many words or more is not short.
SUBSTANTIAL_WORDS = 20


def _labels(*names: str) -> Callable[[Scores, str], float]:
    return lambda scores, _: max(scores.labels[name] for name in names)


def _category(category: Category) -> Callable[[Scores, str], float]:
    return lambda scores, _: scores.category(category)


def _brevity(_scores: Scores, text: str) -> float:
    """Never holds a comment: being short breaks no rule."""
    share = min(1.0, len(text.split()) / SUBSTANTIAL_WORDS)
    return round(MOST_CALM * (1 - share), 4)


#: Attribute → its score, 0-1, from the comment's scores and text.
COMPOSITION: Mapping[str, Callable[[Scores, str], float]] = {
    "TOXICITY": _labels("toxicity"),
    "SEVERE_TOXICITY": _labels("severe_toxicity"),
    "IDENTITY_ATTACK": _labels("identity_hate"),
    "INSULT": _labels("insult"),
    "PROFANITY": _labels("obscene"),
    "THREAT": _labels("threat"),
    "SEXUALLY_EXPLICIT": _category(Category.SEXUAL),
    "FLIRTATION": _category(Category.SEXUAL),
    "TOXICITY_FAST": _labels("toxicity"),
    # The New York Times' attributes
    "ATTACK_ON_AUTHOR": _labels("insult", "threat"),
    "ATTACK_ON_COMMENTER": _labels("insult", "threat"),
    "INCOHERENT": lambda scores, _: scores.form,
    "INFLAMMATORY": _labels("insult", "threat", "identity_hate"),
    "LIKELY_TO_REJECT": lambda scores, _: max(scores.held, scores.toxicity),
    "OBSCENE": _labels("obscene"),
    "SPAM": _category(Category.SPAM),
    "UNSUBSTANTIAL": _brevity,
}
ATTRIBUTES = tuple(COMPOSITION)
#: Perspective knew them, but no list and no model here can tell them from a text.
NOT_SCORED = frozenset(
    f"{name}{EXPERIMENTAL}"
    for name in (
        "AFFINITY", "ALIENATION", "COMPASSION", "CURIOSITY", "FEARMONGERING", "GENERALIZATION",
        "MORAL_OUTRAGE", "NUANCE", "PERSONAL_STORY", "POWER_APPEAL", "REASONING", "RESPECT",
        "SCAPEGOATING",
    )
)  # fmt: skip


def attribute_named(name: str) -> str | None:
    """Return the attribute that a client means; None if nobody can score it from a text.

    A version and the ending `_EXPERIMENTAL` make no difference.
    """
    plain = VERSION.sub("", name).removesuffix(EXPERIMENTAL)
    return plain if plain in COMPOSITION else None


def score_of(attribute: str, scores: Scores, text: str) -> float:
    """Return a score, 0-1; `attribute` is one of ATTRIBUTES."""
    return COMPOSITION[attribute](scores, text)
