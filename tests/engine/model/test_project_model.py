"""A project's own model: how it is fitted, what it may say, and what it may not."""

import random

import numpy as np
import pytest

from moderation.engine.custom_rules.ruleset import BlacklistEntry, build_ruleset
from moderation.engine.matches import Category, Source
from moderation.engine.model.adapter import LIMIT, SIZE, Correction
from moderation.engine.model.adapter_fit import best_shift, example_of, fit_adapter
from moderation.engine.model.bundled import bundled_model
from moderation.engine.model.project_model import ProjectModel
from moderation.engine.model.scorer import ScoreRequest, toxicity_of
from tests.engine.judging import MODEL, found_in
from tests.taught import TEXT, features, taught

FILLERS = (
    *("table", "river", "window", "market", "morning", "seven"),
    *("orange", "letter", "garden", "simple", "yellow", "winter"),
)


def sentence(chooser, word):
    words = chooser.choices(FILLERS, k=8)
    words.insert(chooser.randrange(8), word)
    return " ".join(words)


@pytest.fixture(scope="module")
def community():
    """A community where "zorg" is an insult and "blint" is none: texts with what was ruled."""
    chooser = random.Random(7)
    texts = {sentence(chooser, "zorg"): 1.0 for _ in range(60)}
    return texts | {sentence(chooser, "blint"): 0.0 for _ in range(60)}


def lessons(texts):
    return [example_of(features(text), (truth, None)) for text, truth in texts.items()]


def logit(text, packed=None):
    added = Correction(packed).logits(features(text)) if packed else 0.0
    return float((bundled_model().logits_of(features(text))[:2] + added)[0])


def ordered(texts, packed=None):
    """Return of how many pairs the rejected text has the higher logit, 0-1."""
    rejected = [logit(text, packed) for text, truth in texts if truth == 1]
    approved = [logit(text, packed) for text, truth in texts if truth == 0]
    pairs = [bad > good for bad in rejected for good in approved]
    return sum(pairs) / len(pairs)


def test_it_learns_what_its_moderators_reject_in_texts_it_has_not_seen(community):
    pairs = list(community.items())
    packed = fit_adapter(lessons(dict(pairs[:40] + pairs[60:100])))
    unseen = pairs[40:60] + pairs[100:]
    assert ordered(unseen) < 0.8
    assert ordered(unseen, packed) > 0.95


def test_the_same_decisions_give_the_same_bytes(community):
    assert fit_adapter(lessons(community)) == fit_adapter(lessons(community))


def test_a_model_has_the_same_size_however_much_it_learnt(community):
    assert len(fit_adapter(lessons(community))) == len(fit_adapter([])) == SIZE <= 256 * 1024


def test_a_head_that_is_taught_nothing_stays_as_it_is(community):
    added = Correction(fit_adapter(lessons(community))).logits(features("zorg " * 9))
    assert added[0] > 0 == added[1]


def test_without_lessons_every_score_stays_the_same():
    model = ProjectModel(1, fit_adapter([]))
    for text in ("", "hello", TEXT, "\ud800", "😀" * 500):
        assert model.scores_of(features(text)) == bundled_model().scores_of(features(text))


def test_a_queue_full_of_rejected_texts_does_not_teach_to_reject(community):
    few = [pair for pair in community.items() if pair[1] == 0][:6]
    rejected = [pair for pair in community.items() if pair[1] == 1]
    chooser = random.Random(8)
    ordinary = [features(sentence(chooser, "wall")) for _ in range(400)]
    held = [example_of(each, (probability(each), None), weight=0.2) for each in ordinary]
    packed = fit_adapter([*lessons(dict(rejected + few)), *held])
    unseen = sentence(chooser, "door")
    raised = logit(unseen, packed) - logit(unseen)
    raised_by_word = logit(f"zorg {unseen}", packed) - logit(f"zorg {unseen}")
    assert raised < 0.6
    assert raised_by_word > 2 * raised


def probability(of):
    return float(1 / (1 + np.exp(-bundled_model().logits_of(of)[0])))


def test_few_decisions_move_a_text_only_so_far():
    correction = Correction(taught(weight=1e6))
    assert correction.logits(features("zorg"))[0] == LIMIT
    assert Correction(taught(weight=-1e6)).logits(features("zorg"))[0] == -LIMIT


def test_a_process_holds_the_stored_bytes_and_no_copy_of_them():
    packed = taught()
    weights = Correction(packed)._weights
    assert np.shares_memory(weights, np.frombuffer(packed, np.int8))
    assert weights.nbytes < SIZE


@pytest.mark.parametrize("packed", [b"", b"\0" * (SIZE - 1), b"\0" * (SIZE + 1)])
def test_bytes_of_another_size_are_refused(packed):
    with pytest.raises(ValueError, match="a correction has"):
        Correction(packed)


def test_the_smallest_shift_is_taken_of_those_that_are_best():
    logits = np.array([0.2, 0.4, -0.8, -0.9])
    truths = np.array([True, True, False, False])
    weights = np.ones(4)
    assert best_shift(logits, truths, weights, 0.5) == 0.0
    assert best_shift(logits - 1.0, truths, weights, 0.5) == 1.0
    assert best_shift(logits + 1.0, truths, weights, 0.5) == -0.25


def test_a_false_alarm_that_counts_more_is_avoided():
    logits, truths = np.array([0.2, -0.4, -0.2]), np.array([True, True, False])
    assert best_shift(logits, truths, np.ones(3), 0.5) == 0.5
    assert best_shift(logits, truths, np.array([1.0, 1.0, 10.0]), 0.5) == 0.0


# --- What it says


def asked(weight=40.0, word="zorg"):
    return ScoreRequest(ProjectModel(3, taught(word, weight)))


def test_what_it_learnt_is_a_match_of_its_own_name():
    assert not found_in(TEXT, score_request=MODEL).matches
    found = found_in(TEXT, score_request=asked())
    assert found.model_finding.name == "Project model 3"
    assert (found.matches[0].text, found.matches[0].source) == ("zorg", Source.MODEL)


def test_it_never_blocks_alone():
    assert toxicity_of(ProjectModel(1, taught(weight=1e6)).scores_of(features(TEXT))) > 0.8
    found = found_in(TEXT, score_request=asked(1e6))
    assert {match.source for match in found.matches} == {Source.MODEL}
    assert 0.3 <= found.score < 0.9


def test_no_decision_excuses_a_word_of_the_projects_own_list():
    entry = BlacklistEntry("1", "zorg", Category.INSULT, 0.6)
    found = found_in(TEXT, build_ruleset(blacklist=[entry]), score_request=asked(-1e6))
    assert [match.word for match in found.matches] == ["zorg"]


def test_no_decision_excuses_a_threat():
    text = "i will kill you tonight zorg and nobody will find you there"
    found = found_in(text, score_request=asked(-1e6))
    assert found.score >= 0.9
