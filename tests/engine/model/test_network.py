"""The network's arithmetic, against the same sums written out one by one."""

import numpy as np
import pytest

from moderation.engine.model.features import CATEGORIES, words_of
from moderation.engine.model.network import DILATION
from tests.engine.model.networks import WIDTH, arrays, network

NOTHING = (0.0,) * len(CATEGORIES)
FOUND = (0.4, *NOTHING[1:])


def by_hand(words, strengths):
    """Return the logits as the formulas say, word by word and without any shortcut."""
    run = network()
    given = {name: array.astype(np.float64) for name, array in arrays().items()}
    added = [run.of_word(word).reshape(3, WIDTH).astype(np.float64) for word in words]

    def around(rows, at, distance):
        places = (at - distance, at, at + distance)
        return [rows[p] if 0 <= p < len(rows) else np.zeros(WIDTH) for p in places]

    first = []
    for at in range(len(words)):
        before, here, after = (
            added[place][part] if 0 <= place < len(words) else 0.0
            for place, part in ((at - 1, 0), (at, 1), (at + 1, 2))
        )
        first.append(np.maximum(before + here + after + given["first_bias"], 0))
    rows = first
    for name, distance in (("second", DILATION), ("third", 1)):
        rows = [
            row
            + np.maximum(
                np.concatenate(around(rows, at, distance)) @ given[name] + given[f"{name}_bias"], 0
            )
            for at, row in enumerate(rows)
        ]
    table = np.array(rows)
    attention = np.exp(table @ given["attention"])
    means = (attention / attention.sum(axis=0)).T @ table
    joined = np.concatenate([table.max(axis=0), means.ravel(), strengths])
    hidden = np.maximum(joined @ given["hidden"] + given["hidden_bias"], 0)
    return hidden @ given["out"] + given["out_bias"]


@pytest.mark.parametrize("text", ["zebra", "a zebra", "don't you damn women , zebra horse !"])
@pytest.mark.parametrize("strengths", [NOTHING, FOUND])
def test_it_computes_what_the_formulas_say(text, strengths):
    words = words_of(text)
    told = network().logits(words, strengths)
    assert told == pytest.approx(by_hand(words, strengths), rel=1e-3, abs=1e-3)


def test_without_words_it_still_answers():
    assert np.isfinite(network().logits((), NOTHING)).all()


def test_the_order_of_words_counts():
    one, other = (
        network().logits(words_of(t), NOTHING) for t in ("horse zebra a", "zebra a horse")
    )
    assert not np.allclose(one, other)


def test_it_tells_what_it_would_say_without_each_word():
    words = words_of("a zebra horse")
    without = network().without_each(words, NOTHING)
    assert without.shape == (3, 2)
    whole = network().logits(words, NOTHING)
    assert not np.allclose(without[1], whole)


def test_words_for_people_are_all_the_same_to_it():
    run = network()
    assert np.array_equal(run.of_word("women"), run.of_word("muslims"))
    assert not np.array_equal(run.of_word("women"), run.of_word("zebra"))


def test_words_keep_their_apostrophes_and_signs_stand_alone():
    assert words_of('i don\'t, "no"! ok?') == (
        *("i", "don't", ",", '"', "no", '"', "!", "ok", "?"),
    )
    assert len(words_of("a " * 2_000)) == 480
