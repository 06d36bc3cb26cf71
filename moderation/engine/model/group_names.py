"""Say where the names of groups are all that looks like hatred: "Why are Dutch people so tall?".

A model that has learnt hatred from sentences about groups finds it in their names. So it reads such
a text again without them: what is left must still look like an accusation.
"""

import re
from collections.abc import Callable

from moderation.engine.model.kindness import has_blame
from moderation.engine.text.people import is_people

NAME = re.compile(r"[^\W\d_]+")
#: What each name becomes: a word that names no group.
NOBODY = "they"
#: "They people", "they men", "they they".
NOBODY_TWICE = re.compile(rf"\b{NOBODY}(?: (?:{NOBODY}|people|men|women))+\b")
#: The probability that what is left must exceed. Measured with models that had not seen the texts:
#: docs/accuracy.md.
WITHOUT_NAMES = 0.25


def is_of_names_alone(folded: str, probability_of: Callable[[str], float]) -> bool:
    """Say whether a folded text that only a model accuses is harmless without its group names.

    probability_of: asks the model how likely another text is toxic.
    """
    unnamed = NAME.sub(lambda word: NOBODY if is_people(word[0]) else word[0], folded)
    if unnamed == folded or has_blame(folded):
        return False
    return probability_of(NOBODY_TWICE.sub(NOBODY, unnamed)) <= WITHOUT_NAMES
