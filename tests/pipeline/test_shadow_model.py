"""A check's scorer with a model in shadow: whose scores count, and what is counted."""

import pytest

from moderation.engine.matches import Category, Classification, Match, ModelFinding, Source
from moderation.engine.model.bundled import bundled_model
from moderation.engine.model.project_model import ProjectModel
from moderation.engine.model.scorer import ScorerInput
from moderation.engine.text.views import views_of
from moderation.engine.verdict.decide import decide
from moderation.pipeline.shadow_model import shadow_scorer
from moderation.rules.loaded_models import OwnModels
from tests.engine.judging import BALANCED
from tests.taught import TEXT, taught

CLEAN = Classification("en", model_finding=ModelFinding("Bundled model"))


@pytest.fixture(scope="module")
def shadow():
    return ProjectModel(3, taught())


def seen(text=TEXT):
    return ScorerInput(text, views_of(text))


def counts(scorer, found=CLEAN, classified=CLEAN):
    """Return what is counted if the shadow's scores lead to this classification."""
    asked = []

    def classify(*, score_request):
        asked.append(score_request)
        return classified

    return scorer.counts(found, decide(found, BALANCED), BALANCED, classify), len(asked)


def test_without_a_shadow_there_is_no_scorer():
    assert shadow_scorer(OwnModels()) is None


@pytest.mark.parametrize("is_own", [False, True])
def test_the_active_model_speaks_under_its_own_name(shadow, is_own):
    own = ProjectModel(2, taught(weight=0.0)) if is_own else None
    active, scorer = own or bundled_model(), shadow_scorer(OwnModels(own, shadow))
    assert scorer.name == active.name
    assert (scorer.levels, scorer.spam_levels, scorer.may) == (
        active.levels, active.spam_levels, active.may,
    )  # fmt: skip
    assert scorer.score(seen(), 0.0).labels == active.score(seen(), 0.0).labels


def test_a_shadow_that_was_not_asked_counts_nothing(shadow):
    assert counts(shadow_scorer(OwnModels(shadow=shadow))) == ({}, 0)


def test_the_pair_of_verdicts_is_counted_once(shadow):
    scorer = shadow_scorer(OwnModels(shadow=shadow))
    scorer.score(seen(), 0.0)
    match = Match(0, 1, "x", Category.INSULT, Source.MODEL, 0.7, "")
    flagged = Classification("en", (match,), categories={Category.INSULT: 0.7}, score=0.7)
    assert counts(scorer, classified=flagged) == ({"model:3:allow>flag": 1}, 1)


def test_where_neither_model_finds_anything_the_text_is_not_judged_again(shadow):
    scorer = shadow_scorer(OwnModels(shadow=shadow))
    scorer.score(seen("we meet at the gate at nine"), 0.0)
    assert counts(scorer) == ({"model:3:allow>allow": 1}, 0)
    lowered = Match(0, 1, "x", Category.INSULT, Source.LEXICON, 0.5, "x")
    found = Classification("en", model_finding=ModelFinding("Bundled model", lowered=(lowered,)))
    assert counts(scorer, found) == ({"model:3:allow>allow": 1}, 1)
