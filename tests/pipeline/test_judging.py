"""How a message is judged: with which model, for how long, and what a failing engine leaves."""

from types import SimpleNamespace

import pytest

from moderation import rules
from moderation.engine.classify import classify
from moderation.lib.errors import TooMany
from moderation.models import ModerationLog
from moderation.pipeline import moderate as module
from moderation.pipeline.moderate import analyze, judge_now, judge_together, rehearse, ruleset_for
from moderation.pipeline.replay import replay
from moderation.rules.active import active_ruleset
from tests.messages import NOON, forget, project, send, submission

pytestmark = pytest.mark.django_db
#: No list has a word of it; the bundled model does not let it pass.
UNLISTED = "gay people disgust me and make me sick"


@pytest.fixture
def bundled(settings, arena):
    """A project whose messages the bundled model judges too."""
    settings.TOXICITY_MODEL = "bundled"
    forget()
    return arena


def test_the_model_judges_what_no_list_knows_wherever_a_text_is_judged(bundled):
    log = send(bundled, UNLISTED).log
    assert (log.moderator_type, log.verdict != "allow") == ("ai", True)
    assert rehearse(submission(bundled, UNLISTED)).log.verdict == log.verdict
    ruleset = active_ruleset(bundled)
    assert str(analyze(UNLISTED, ruleset).verdict.kind) == log.verdict
    assert analyze(UNLISTED, ruleset, uses_model=False).verdict.kind == "allow"
    assert replay(log).is_same


def test_what_the_model_missed_then_is_judged_without_it_again(bundled):
    log = send(bundled, UNLISTED).log
    log.degraded = ["model"]
    assert replay(log).differences["verdict"] == (log.verdict, "allow")


def test_rules_about_authors_are_judged_again_with_the_author(arena):
    by_name = {"name": "zed", "type": "user", "action": "flag", "config": {"user_ids": ["zed"]}}
    rules.create_rule(arena, "tests", by_name)
    log = send(arena).log
    assert (log.verdict, replay(log).is_same) == ("flag", True)
    log.user_id = "ana"
    assert replay(log).differences["verdict"] == ("flag", "allow")


def ticking(*moments):
    """Return a clock that shows these moments, one after the other."""
    return SimpleNamespace(perf_counter=iter(moments).__next__)


def test_the_time_that_judging_took_is_measured(arena, monkeypatch):
    ruleset = active_ruleset(arena)
    monkeypatch.setattr(module, "time", ticking(5.0, 7.5))
    assert analyze("Hello world", ruleset).took == 2.5


def test_what_other_messages_took_between_the_parts_does_not_count(arena, monkeypatch):
    found = classify("Hello world", active_ruleset(arena).compiled)

    def in_two_parts(*_arguments, **_options):
        yield
        return found

    monkeypatch.setattr(module, "classifying_once", in_two_parts)
    first, second = (5.0, 7.5), (10.0, 10.5)
    monkeypatch.setattr("moderation.engine.in_step.time", ticking(*first, *second))
    assert judge_now(submission(arena), NOON).took == 3.0


def test_a_failing_engine_leaves_its_name_and_the_policy_s_verdict(arena, monkeypatch):
    monkeypatch.setattr(module, "classifying_once", lambda *_args, **_options: 1 / 0)
    log = send(arena, "Hello world").log
    assert (log.degraded, log.language, log.score, log.severity) == (["engine"], "", 0.0, "medium")
    assert (log.stage, log.moderator_name, log.is_violation) == ("pre-check", "Policy", True)
    assert log.strikes.count() == 0


@pytest.mark.parametrize("verdict", ["warn", "block"])
def test_a_failing_engine_never_brings_a_strike(monkeypatch, verdict):
    arena = project(on_engine_failure=verdict, strike_verdicts=["warn", "flag", "block"])
    monkeypatch.setattr(module, "classifying_once", lambda *_args, **_options: 1 / 0)
    logs = [send(arena, f"Hello {number}").log for number in range(4)]
    assert {(log.verdict, log.strikes.count()) for log in logs} == {(verdict, 0)}


def test_the_third_copy_in_a_minute_is_a_duplicate(arena):
    logs = [send(arena, "gg everyone").log for _ in range(3)]
    assert ["duplicate" in log.reasons for log in logs] == [False, False, True]


def test_who_has_reached_the_limit_is_refused_alone():
    arena = project(author_limits={"per_minute": 1, "per_hour": None})
    sent = [submission(arena), submission(arena, user_id="ana"), submission(arena)]
    judged = judge_together(sent, NOON)
    assert [isinstance(one, TooMany) for one in judged] == [False, False, True]
    assert not ModerationLog.objects.exists()
    judge_now(submission(arena), NOON)


def test_a_message_may_be_spared_punishment(arena):
    usual = ruleset_for(submission(arena))
    assert usual.policy == active_ruleset(arena).policy
    spared = ruleset_for(submission(arena, may_punish=False)).policy
    assert (spared.strike_verdicts, spared.auto_ban) == ((), False)
    assert spared.repeat_offender == usual.policy.repeat_offender
    only_flood = ruleset_for(submission(arena, only_flood=True)).policy
    assert (only_flood.strike_verdicts, only_flood.auto_ban) == ((), True)
    assert only_flood.repeat_offender.violations > 1_000_000
    assert only_flood.flood == usual.policy.flood
