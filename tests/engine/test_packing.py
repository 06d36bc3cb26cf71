"""The bundled model's file: the same weights are the same bytes, and are read as they were."""

import io

import numpy as np
import pytest

from moderation.engine.bundled import HEADS, STRETCH, BundledModel, stretch_excess
from moderation.engine.features import Features, features_of, hashed
from moderation.engine.reading import read
from moderation.engine.toxicity import Seen
from training.levels import LEVELS, OFFSETS, SPAM_LEVELS
from training.packing import Head, packed

PLACES = 1 << 10


def heads_with(word, weight):
    """Return heads of which the first gives one word a weight, and all others nothing."""
    weights = np.zeros(PLACES)
    weights[hashed(f"w{word}") & (PLACES - 1)] = weight
    return [Head(weights if not at else np.zeros(PLACES), -1.0) for at in range(len(HEADS))]


def toxicity_of(model, text):
    return model.score(Seen(text, read(text))).labels["toxicity"]


def test_the_same_weights_are_the_same_bytes():
    assert packed(heads_with("zebra", 2.0)) == packed(heads_with("zebra", 2.0))
    assert packed(heads_with("zebra", 2.0)) != packed(heads_with("zebra", 3.0))


def test_what_is_packed_is_read_again():
    model = BundledModel(io.BytesIO(packed(heads_with("zebra", 8.0))))
    for read_levels, levels in ((model.levels, LEVELS), (model.spam_levels, SPAM_LEVELS)):
        assert read_levels.warn == pytest.approx(levels.warn)
        assert read_levels.excuse_mild == pytest.approx(levels.excuse_mild)
    assert toxicity_of(model, "zebra") > 0.9
    assert toxicity_of(model, "horse") < 0.5


def test_length_and_layout_move_a_probability():
    model = BundledModel(io.BytesIO(packed(heads_with("zebra", 8.0))))
    words = " ".join(f"word{at}" for at in range(40))
    assert toxicity_of(model, words) < toxicity_of(model, "word1 word2")
    assert toxicity_of(model, ":: a zebra") < toxicity_of(model, "; a zebra")
    assert toxicity_of(model, "A ZEBRA") > toxicity_of(model, "a zebra")
    assert OFFSETS.of(features_of(Seen("hi", read("hi")))) == 0


def test_a_long_text_is_as_bad_as_its_worst_stretch():
    tokens = {f"word{at}": (at, at + 1) for at in range(60)}
    features = Features(tokens, {}, ())
    weights = np.zeros(60)
    weights[30] = 10.0
    assert stretch_excess(weights, features, whole=1.0) > 0
    assert stretch_excess(weights[:STRETCH], features, whole=1.0) == 0
    assert stretch_excess(weights, features, whole=99.0) == 0
