"""The bundled model's file: the same weights are the same bytes, and are read as they were."""

import io

import numpy as np
import pytest

from moderation.engine.model.bundled import HEADS, BundledModel
from moderation.engine.model.features import hashed
from moderation.engine.model.scorer import ScorerInput
from moderation.engine.text.views import views_of
from tests.engine.model.networks import arrays
from training.levels import LEVELS, SPAM_LEVELS
from training.packing import Head, Model, packed

PLACES = 1 << 10


def model_with(word, weight):
    """Return a model in which one word speaks for toxicity, and nothing else does."""
    weights = np.zeros(PLACES)
    weights[hashed(f"w{word}") & (PLACES - 1)] = weight
    heads = [Head(weights if not at else np.zeros(PLACES), -1.0) for at in range(len(HEADS))]
    return Model(heads, arrays(out=0.0))


def toxicity_of(model, text):
    return model.score(ScorerInput(text, views_of(text))).labels["toxicity"]


def test_the_same_weights_are_the_same_bytes():
    assert packed(model_with("zebra", 2.0)) == packed(model_with("zebra", 2.0))
    assert packed(model_with("zebra", 2.0)) != packed(model_with("zebra", 3.0))


def test_what_is_packed_is_read_again():
    model = BundledModel(io.BytesIO(packed(model_with("zebra", 8.0))))
    for read_levels, levels in ((model.levels, LEVELS), (model.spam_levels, SPAM_LEVELS)):
        assert read_levels.warn == pytest.approx(levels.warn)
        assert read_levels.lower == pytest.approx(levels.lower)
    assert toxicity_of(model, "zebra") > 0.9
    assert toxicity_of(model, "horse") < 0.5
