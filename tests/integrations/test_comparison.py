"""Recorded scores of Perspective beside ours: agreement, thresholds, and the mapping."""

import json
import random

import numpy as np
import pytest

from moderation.integrations.compat.perspective.comparison import compare, rank_correlation
from moderation.integrations.compat.perspective.recorded import recorded_rows
from moderation.integrations.compat.perspective.scoring import mapped
from moderation.lib.errors import Invalid

DRAWN = random.Random(7)
OURS = [round(DRAWN.random() ** 2, 4) for _ in range(600)]
MAPPINGS = {
    "bent": lambda score: score**0.5,
    "straight": lambda score: 0.1 + 0.8 * score,
    "stepped": lambda score: 0.2 if score < 0.4 else 0.7 + 0.3 * score,
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_known_rising_mapping_is_found(name):
    theirs = [MAPPINGS[name](score) for score in OURS]
    found = compare(OURS, theirs, [0.5, 0.8])
    assert found["helps"]
    pairs = zip(OURS, theirs, strict=True)
    assert max(abs(mapped(score, found["mapping"]) - other) for score, other in pairs) <= 0.02


def test_equal_scores_of_ours_get_the_mean_of_theirs():
    ours = [0.0] * 100 + [0.6] * 100
    theirs = [0.1, 0.3] * 50 + [0.7, 0.9] * 50
    points = dict(compare(ours, theirs, [])["mapping"])
    assert (points[0.0], points[0.6]) == (pytest.approx(0.2), pytest.approx(0.8))


@pytest.mark.parametrize("seed", range(100, 120))
def test_on_noise_no_mapping_helps(seed):
    drawn = random.Random(seed)
    found = compare(OURS, [drawn.random() for _ in OURS], [0.5])
    assert (found["helps"], found["mapping"]) == (False, [])


@pytest.mark.parametrize(
    "theirs", [[0.5] * 600, [1 - score for score in OURS]], ids=["constant", "falling"]
)
def test_where_theirs_do_not_rise_with_ours_no_mapping_helps(theirs):
    assert not compare(OURS, theirs, [0.5])["helps"]


def test_few_texts_say_nothing():
    assert not compare(OURS[:19], OURS[:19], [0.5])["helps"]


def test_ties_share_a_rank():
    assert rank_correlation(np.array([1.0, 2, 2, 3]), np.array([1.0, 2, 2, 3])) == pytest.approx(1)
    assert rank_correlation(np.array([1.0, 1]), np.array([1.0, 2])) is None


def test_the_threshold_for_the_same_share_holds_that_share():
    theirs = [score**0.5 for score in OURS]
    (row,) = compare(OURS, theirs, [0.8])["thresholds"]
    share = sum(score >= 0.8 for score in theirs) / len(theirs)
    held = sum(score >= row["ours_for_same_share"] for score in OURS) / len(OURS)
    assert (row["share"], held) == (pytest.approx(share, abs=1e-4), pytest.approx(share, abs=0.01))
    assert (row["ours_for_same_share"], row["agreement_for_same_share"]) == (
        pytest.approx(0.64, abs=0.02), 1.0,
    )  # fmt: skip
    assert row["agreement"] < 1
    assert row["ours_for_same_precision"] is None


def test_the_threshold_for_the_same_precision_needs_decisions():
    theirs = list(OURS)
    rejected = [score >= 0.5 for score in OURS]
    (row,) = compare(OURS, theirs, [0.9], rejected)["thresholds"]
    assert row["ours_for_same_precision"] == min(score for score in OURS if score >= 0.5)


def test_nothing_is_held_above_the_highest_score():
    (row,) = compare([0.1, 0.2, 0.3], [0.1, 0.2, 0.3], [0.9])["thresholds"]
    assert row["ours_for_same_share"] > 0.3


# --- The log

FORMS = [
    {"text": "Hi", "scores": {"TOXICITY": 0.5}},
    {"text": "Hi", "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0.5}}}},
    {"comment": {"text": "Hi"}, "scores": {"TOXICITY_EXPERIMENTAL": 0.5}},
    {
        "request": {"comment": {"text": "Hi"}, "requestedAttributes": {"TOXICITY": {}}},
        "response": {"attributeScores": {"TOXICITY": {"summaryScore": {"value": 0.5}}}},
    },
]


@pytest.mark.parametrize("form", FORMS, ids=range(len(FORMS)))
def test_every_form_of_a_row_is_read(form):
    (row,) = recorded_rows(["", json.dumps(form), " "])
    assert (row.text, row.scores, row.rejected) == ("Hi", {"TOXICITY": 0.5}, None)


def test_a_row_may_say_what_a_moderator_decided_and_name_what_we_cannot_score():
    fields = {"text": "Hi", "rejected": True, "languages": ["de", 5], "scores": {"KINDNESS": 1}}
    (row,) = recorded_rows([json.dumps(fields)])
    assert (row.rejected, row.languages, row.unknown, row.scores) == (
        True, ("de",), ("KINDNESS",), {},
    )  # fmt: skip


WRONG = [
    "{", "[]", "5", "{}", '{"text": "a"}', '{"text": "", "scores": {"TOXICITY": 1}}',
    '{"text": "a", "scores": {}}', '{"text": "a", "scores": {"TOXICITY": 2}}',
    '{"text": "a", "scores": {"TOXICITY": "1"}}', '{"text": "a", "scores": {"TOXICITY": true}}',
    '{"text": "a", "scores": {"TOXICITY": {}}}', '{"text": 5, "scores": {"TOXICITY": 1}}',
]  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_line_is_named(line):
    with pytest.raises(Invalid, match="line 2"):
        list(recorded_rows([json.dumps(FORMS[0]), line]))
