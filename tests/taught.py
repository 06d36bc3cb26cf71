"""Corrections of the bundled model that know one made-up word."""

from functools import cache

import numpy as np

from moderation.engine.model.adapter import BITS, MASK, packed
from moderation.engine.model.bundled import CORRECTED
from moderation.engine.model.features import features_of, hashed
from moderation.engine.model.scorer import ScorerInput
from moderation.engine.text.views import views_of

#: The bundled model finds it half harmless; with the word taught as bad it flags.
TEXT = "you are a total zorg and nobody here likes talking to you"
CALM = "we meet at the gate at nine and then we play until it is dark"
FIGURES = {"precision": 0.9, "recall": 0.8, "f1": 0.847, "false_alarms": 0.1}
DATA = {
    "heads": ["toxicity"],
    "rulings": {
        "rejected": 40, "approved": 30, "spam": 0, "skipped": {}, "digest": "0123456789abcdef",
        "first": "2026-03-01T12:00:00.000Z", "last": "2026-03-02T12:00:00.000Z",
    },
    "held_out": dict.fromkeys(("bundled", "fitted", "with_bundled", "with_fitted"), FIGURES),
    "change": {"f1": 0.02, "low": 0.01, "high": 0.03},
    "ordinary": {"texts": 10, "bundled": 0, "fitted": 0},
    "is_worse": False,
}  # fmt: skip
WORSE = {**DATA, "is_worse": True}


def features(text):
    return features_of(ScorerInput(text, views_of(text)))


@cache
def taught(word="zorg", weight=40.0):
    """Return a correction's bytes in which the word alone weighs something, for toxicity."""
    weights = np.zeros((1 << BITS, CORRECTED))
    weights[hashed(f"w{word}") & MASK, 0] = weight
    return packed(weights, (0.0, 0.0))
