import pytest

from moderation.engine.verdict.policy import PRESETS
from reviews.casefile.why import counterfactual_of, decision_trace
from tests import factories

pytestmark = pytest.mark.django_db
BALANCED = PRESETS["balanced"]


def steps_of(log, reports=0):
    return {step.name: step for step in decision_trace(log, BALANCED, reports)}


def test_the_stage_that_found_something_says_what_and_how_much(project):
    step = steps_of(factories.make_log(project, "Shut up idiot"))["Word lists"]
    assert (step.hit, step.score) == ("flag", 0.75)
    assert "harassment" in step.what


def test_stages_come_in_the_order_in_which_they_look(project):
    names = list(steps_of(factories.make_log(project)))
    assert names == [
        "Word lists",
        "Blacklist",
        "Personal data",
        "Spam",
        "Rules",
        "History",
        "Reports",
    ]


def test_personal_data_is_named_by_its_type(project):
    step = steps_of(factories.make_log(project, "Contact me at john@example.com"))["Personal data"]
    assert (step.what, step.hit) == ("e-mail address", "flag")


def test_reports_are_counted(project):
    assert steps_of(factories.make_log(project), 2)["Reports"].what == "2 reporters"


def test_the_verdict_hangs_on_the_word(project):
    counterfactual = counterfactual_of(factories.make_log(project, "Eres un idiota"), BALANCED)
    assert (counterfactual.word, counterfactual.verdict, counterfactual.is_same) == (
        "idiota",
        "allow",
        False,
    )


def test_a_verdict_that_stands_on_two_legs_stays(project):
    log = factories.make_log(project, "You idiot, write to john@example.com")
    counterfactual = counterfactual_of(log, BALANCED)
    assert (counterfactual.word, counterfactual.verdict, counterfactual.is_same) == (
        "idiot",
        "flag",
        True,
    )


def test_personal_data_may_be_all_that_it_hangs_on(project):
    counterfactual = counterfactual_of(
        factories.make_log(project, "Contact me at john@example.com"), BALANCED
    )
    assert (counterfactual.word, counterfactual.kind, counterfactual.verdict) == (
        "",
        "personal_info",
        "allow",
    )


def test_a_repeat_offender_is_judged_as_one_without_the_word_too(project):
    for _ in range(4):
        log = factories.make_log(project, "this is damn good shit", user_id="u1")
    assert "repeat_offender" in log.reasons
    assert counterfactual_of(log, BALANCED).verdict == "block"


def test_nothing_is_said_where_it_would_be_a_guess(project):
    log = factories.make_log(project, "Eres un idiota")
    log.reasons = [*log.reasons, "rule:names"]
    assert counterfactual_of(log, BALANCED) is None


def test_nothing_is_said_where_what_is_kept_leads_elsewhere(project):
    log = factories.make_log(project, "Eres un idiota")
    log.verdict = "block"
    assert counterfactual_of(log, BALANCED) is None


def test_nothing_is_said_of_what_nothing_was_found_in(project):
    assert counterfactual_of(factories.make_log(project), BALANCED) is None
