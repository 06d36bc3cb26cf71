"""A text that many send within a minute is read once, and each gets what reading it would give."""

from dataclasses import replace

import pytest
from cachetools import TTLCache

from moderation.engine import recent
from moderation.engine.classify import classify, classifying
from moderation.engine.custom_rules.ruleset import (
    BlacklistEntry,
    RuleSpec,
    build_ruleset,
    with_rules,
)
from moderation.engine.matches import Category
from moderation.engine.model.bundled import bundled_model
from moderation.engine.model.scorer import ModelUnavailableError, ScoreRequest
from moderation.engine.recent import classify_once

TEXTS = ("gg wp", "you are an idiot", "call me on 415-555-0132", "FREE COINS at http://a.example")


@pytest.fixture
def read(monkeypatch):
    """Return the texts that were read."""
    texts = []

    def reading(text, *args, **options):
        texts.append(text)
        return classifying(text, *args, **options)

    monkeypatch.setattr(recent, "classifying", reading)
    return texts


def rule(kind, **config):
    return RuleSpec(id="1", name="A rule", type=kind, config=config, action="flag", priority=1)


@pytest.mark.parametrize("text", TEXTS)
def test_the_second_copy_is_not_read_and_gets_the_same(read, text):
    ruleset, request = build_ruleset(), ScoreRequest(bundled_model())
    found = [classify_once(text, ruleset, user_id=name, score_request=request) for name in "ab"]
    assert found[0] == found[1] == classify(text, ruleset, score_request=request)
    assert read == [text]


def test_it_is_read_again_after_a_minute(read, monkeypatch):
    moments = [0.0]
    remembering = TTLCache(10, recent.SECONDS, timer=lambda: moments[-1])
    monkeypatch.setattr(recent, "_recent", remembering)
    ruleset = build_ruleset()
    for moment, times in ((0.0, 1), (59.0, 1), (61.0, 2), (62.0, 2)):
        moments.append(moment)
        classify_once("gg wp", ruleset)
        assert len(read) == times


@pytest.mark.parametrize(
    "change",
    [
        {"language": "es"},
        {"is_duplicate": True},
        {"score_request": ScoreRequest(bundled_model())},
    ],
)
def test_what_changes_the_answer_is_read_again(read, change):
    ruleset = build_ruleset()
    classify_once("hello there", ruleset)
    assert classify_once("hello there", ruleset, **change) == classify(
        "hello there", ruleset, **change
    )
    assert len(read) == 2


def test_a_new_word_is_in_force_at_once(read):
    before = build_ruleset()
    assert not classify_once("what a zorg", before).matches
    after = build_ruleset(blacklist=[BlacklistEntry("1", "zorg", Category.INSULT, 0.6)])
    assert classify_once("what a zorg", after).detected_words == ["zorg"]
    assert not classify_once("what a zorg", before).matches


def test_a_new_rule_is_in_force_at_once():
    before = build_ruleset()
    assert not classify_once("what a zorg", before).rule_hits
    after = with_rules(before, [rule("keyword", keywords=["zorg"])])
    assert classify_once("what a zorg", after).rule_hits
    assert after.serial != before.serial != replace(before).serial


def test_a_rule_about_an_author_hits_that_author_alone(read):
    ruleset = build_ruleset(rules=[rule("user", user_ids=["eve"])])
    found = [classify_once("gg wp", ruleset, user_id=name) for name in ("eve", "ann", "eve", "ann")]
    assert [bool(one.rule_hits) for one in found] == [True, False, True, False]
    assert len(read) == 2


def test_what_another_server_says_is_asked_again(read, monkeypatch):
    answers = iter(["rude", None])

    class Provider:
        def ask(self, _prompt, _text):
            return next(answers)

    for module in ("specs", "matching"):
        monkeypatch.setattr(f"moderation.engine.custom_rules.{module}.provider", Provider)
    ruleset = build_ruleset(rules=[rule("ai_prompt", prompt="Is it rude?")])
    found = [classify_once("gg wp", ruleset) for _ in range(2)]
    assert [bool(one.rule_hits) for one in found] == [True, False]


def test_a_failure_is_not_kept(read, monkeypatch):
    model = bundled_model()

    def fails(*_arguments):
        raise ModelUnavailableError

    ruleset, request = build_ruleset(), ScoreRequest(model)
    with monkeypatch.context() as broken:
        broken.setattr(model, "score", fails)
        assert classify_once("gg wp", ruleset, score_request=request).failed == ("model",)
    assert classify_once("gg wp", ruleset, score_request=request).failed == ()


def test_long_texts_and_many_findings_are_not_kept(read):
    ruleset = build_ruleset()
    for text in ("calm " * 250, "idiot, moron. " * 20):
        before = len(read)
        for _ in range(2):
            classify_once(text, ruleset)
        assert len(read) == before + 2


def test_no_more_texts_are_kept_than_that(monkeypatch):
    ruleset = build_ruleset()
    found = classify("x", ruleset)

    def finding(*_args, **_named):
        yield
        return found

    monkeypatch.setattr(recent, "classifying", finding)
    for number in range(recent.MOST_TEXTS + 50):
        classify_once(f"number {number}", ruleset)
    assert len(recent._recent) == recent.MOST_TEXTS
