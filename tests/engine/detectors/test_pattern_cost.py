"""Expressions have bounded costs, and any number of them can be compiled."""

import pytest

from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import BlacklistEntry, build_ruleset
from moderation.engine.detectors import pattern_cost, regexes
from moderation.engine.detectors.pattern_cost import Budget, refuse_slow
from moderation.engine.detectors.regex_check import PatternError
from moderation.engine.detectors.regexes import Pattern, PatternSet
from moderation.engine.matches import Category

#: Together far beyond what one of RE2's sets may take.
HEAVY = [f"(?:foo|bar|baz){n}[a-z]{{1,400}}(x|y){n}" for n in range(200)]


def patterns(expressions):
    return [Pattern(one, one, Category.OTHER, 0.9) for one in expressions]


def words(expressions):
    for number, one in enumerate(expressions):
        yield BlacklistEntry(str(number), one, Category.INSULT, 0.9, is_regex=True)


class Spent:
    """A limit that is spent after a number of questions."""

    def __init__(self, questions):
        self.questions = questions

    def is_spent(self):
        self.questions -= 1
        return self.questions < 0


def test_patterns_beyond_the_memory_of_one_set_are_all_found(monkeypatch):
    monkeypatch.setattr(regexes, "GROUP_MEMORY_BYTES", 1 << 20)
    every = PatternSet(patterns(HEAVY))
    for number in (0, 70, 199):
        (hit,) = every.find(f"so foo{number}abcx{number} it is")
        assert hit.pattern.expression == HEAVY[number]


def test_a_pattern_too_large_for_any_set_is_found(monkeypatch):
    monkeypatch.setattr(regexes, "GROUP_MEMORY_BYTES", 1 << 10)
    every = PatternSet(patterns(["fo+", "ba+r"]))
    assert [hit.pattern.expression for hit in every.find("foo and baar")] == ["fo+", "ba+r"]


def test_slow_patterns_share_no_pass(monkeypatch):
    monkeypatch.setattr(regexes, "GROUP_SECONDS", 0.0)
    every = PatternSet(patterns(["fo+", "ba+r", "qu+x"]))
    assert [hit.pattern.expression for hit in every.find("quux foo")] == ["fo+", "qu+x"]


def test_what_was_found_before_the_limit_counts(monkeypatch):
    monkeypatch.setattr(regexes, "GROUP", 1)
    every = PatternSet(patterns(["fo+", "ba+r"]))
    assert [hit.pattern.expression for hit in every.find("foo baar", Spent(2))] == ["fo+"]
    assert list(every.find("foo baar", Spent(0))) == []


def test_a_text_that_takes_too_long_is_degraded(monkeypatch):
    ruleset = build_ruleset(blacklist=words(["fo+", "ba+r"]))
    assert classify("foo", ruleset).failed == ()
    monkeypatch.setattr("moderation.engine.classify.Budget", lambda: Budget(0.0))
    found = classify("you idiot, foo", ruleset)
    assert found.failed == ("budget",)
    assert "idiot" in found.detected_words


def test_a_ruleset_without_expressions_has_no_budget(monkeypatch):
    monkeypatch.setattr("moderation.engine.classify.Budget", lambda: Budget(0.0))
    assert classify("foo", build_ruleset()).failed == ()


@pytest.mark.parametrize("expression", ["fo+", r"\bidiot\w*", "[a-z]{3,20}@example", "(a|b)*c"])
def test_an_ordinary_expression_is_taken(expression):
    refuse_slow(expression)


def test_an_expression_over_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(pattern_cost, "QUICK_SECONDS", 0.0)
    monkeypatch.setattr(pattern_cost, "MOST_SECONDS", 0.0)
    with pytest.raises(PatternError, match="on a text of 10,000 characters"):
        refuse_slow(r"([\s\S]{0,1000})(b|c)x1")
