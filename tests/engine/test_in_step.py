"""Texts that are read in step get the results that each gets alone."""

import time
from contextvars import ContextVar, copy_context
from types import SimpleNamespace

import pytest

from moderation.engine.classify import classify, classifying
from moderation.engine.custom_rules.ruleset import BlacklistEntry, build_ruleset
from moderation.engine.detectors.pattern_cost import Budget
from moderation.engine.in_step import in_one_go, in_step, timed
from moderation.engine.matches import Category
from moderation.engine.model.bundled import bundled_model
from moderation.engine.model.scorer import ScoreRequest

TEXTS = (
    "Thanks for the help yesterday",
    "you are an 1d10t",
    "",
    "FREE COINS at http://a.example, claim your prize",
    "call me on 415-555-0132",
    "zzorg zzorg",
    "\ud800",
    'He wrote "you idiot" and left',
)


def counting(seen, name, parts):
    for part in range(parts):
        seen.append(f"{name}{part}")
        yield
    return name


def in_contexts(*works):
    return [(copy_context(), work) for work in works]


def test_each_part_does_every_text_before_the_next_begins():
    seen = []
    works = in_contexts(counting(seen, "a", 2), counting(seen, "b", 3), counting(seen, "c", 1))
    assert in_step(works) == ["a", "b", "c"]
    assert seen == ["a0", "b0", "c0", "a1", "b1", "b2"]


def test_nothing_has_no_results():
    assert in_step([]) == []


def test_one_that_fails_leaves_the_others_alone():
    def failing():
        yield
        raise ValueError("no")

    found = in_step(in_contexts(counting([], "a", 3), failing(), counting([], "c", 1)))
    assert (found[0], str(found[1]), found[2]) == ("a", "no", "c")


def test_each_has_a_context_of_its_own():
    name = ContextVar("name", default="")

    def naming(own):
        name.set(own)
        yield
        yield
        return name.get()

    assert in_step(in_contexts(naming("a"), naming("b"))) == ["a", "b"]
    assert name.get() == ""


def test_in_one_go_takes_and_returns_the_same():
    assert in_one_go(counting)([], "a", parts=2) == "a"


def test_only_the_own_parts_are_timed(monkeypatch):
    moments = iter((0.0, 1.0, 10.0, 12.0, 20.0, 24.0))
    clock = SimpleNamespace(perf_counter=lambda: next(moments))
    monkeypatch.setattr("moderation.engine.in_step.time", clock)
    assert in_one_go(timed)(counting([], "a", 2)) == ("a", 7.0)


@pytest.mark.parametrize("model", [None, "bundled"])
def test_in_step_the_same_is_found(model):
    words = [BlacklistEntry("1", "zz?org", Category.OTHER, 0.9, is_regex=True)]
    ruleset = build_ruleset(blacklist=words)
    request = ScoreRequest(bundled_model()) if model else None
    alone = [classify(text, ruleset, score_request=request) for text in TEXTS]
    begun = [classifying(text, ruleset, score_request=request) for text in TEXTS]
    assert in_step(in_contexts(*begun)) == alone
    assert any(one.matches for one in alone)


def test_a_text_s_budget_does_not_pay_for_the_others(monkeypatch):
    now = [0.0]
    clock = SimpleNamespace(thread_time=lambda: now[0])
    monkeypatch.setattr("moderation.engine.detectors.pattern_cost.time", clock)
    budget = Budget(1.0)
    budget.pause()
    now[0] = 5.0
    assert not budget.is_spent()
    now[0] = 5.75
    budget.pause()
    now[0] = 60.0
    assert not budget.is_spent()
    now[0] = 60.5
    assert budget.is_spent()


def test_patterns_of_one_text_do_not_use_up_the_time_of_another(monkeypatch):
    """Reading the others takes longer than one text may."""
    words = [BlacklistEntry("1", "zz?org", Category.OTHER, 0.9, is_regex=True)]
    ruleset = build_ruleset(blacklist=words)
    monkeypatch.setattr("moderation.engine.classify.Budget", lambda: Budget(0.05))

    def others():
        for _ in range(20):
            until = time.thread_time() + 0.02
            while time.thread_time() < until:
                pass
            yield

    classify("warm", ruleset)
    found, _ = in_step(in_contexts(classifying("zzorg", ruleset), others()))
    assert (found.failed, found.detected_words) == ((), ["zz?org"])
