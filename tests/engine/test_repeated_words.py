"""What a word costs does not grow with how often the text repeats it."""

import pytest

from moderation.engine.custom_rules.ruleset import build_ruleset
from moderation.engine.matches import Match
from moderation.engine.model import kindness
from moderation.engine.text import homographs, language
from moderation.engine.text.fold import fold
from tests.engine.judging import verdict_on

TIMES = 300


@pytest.fixture
def calls(monkeypatch):
    """Return a function that makes another one count its calls, and returns the count."""

    def counted(owner, name):
        count, original = [0], getattr(owner, name)

        def counting(*arguments):
            count[0] += 1
            return original(*arguments)

        monkeypatch.setattr(owner, name, counting)
        return count

    return counted


@pytest.mark.parametrize("sign", ["!", "?", "<b>", "\n", "#"])
def test_a_word_of_two_languages_is_weighed_once(calls, sign):
    count = calls(homographs, "words_of")
    homographs.is_foreign.cache_clear()
    verdict_on(f"gand{sign}" * TIMES)
    assert 1 <= count[0] <= 10


def test_the_words_beside_a_sound_alike_are_looked_for_once(calls):
    count = calls(language, "_function_words")
    language._telling_words.cache_clear()
    verdict_on(" ".join(["kuttay", "kutay", "kutey"] * TIMES))
    assert count[0] <= 10


@pytest.mark.parametrize("text", ["kutta](", "damn ", "?ก็ damn "])
def test_listed_words_are_not_compared_with_each_other(calls, text):
    count = calls(Match, "__eq__")
    verdict_on(text * TIMES)
    assert count[0] <= 10 * TIMES


def test_bad_words_are_looked_up_in_a_set(monkeypatch):
    seen = []
    original = kindness.has_bad_word
    monkeypatch.setattr(
        "moderation.engine.model.scorer.has_bad_word",
        lambda folded, but: seen.append(but) or original(folded, but),
    )
    verdict_on("damn torpedoes " * TIMES)
    assert seen == [frozenset({"damn"})]


def test_spans_are_left_out_wherever_they_overlap():
    view = fold("one two three two")
    spans = [(4, 7), (4, 8), (5, 6), (14, 17)]
    assert view.without(spans).text == "one     three    "
    assert view.without([]).text == "one two three two"


def test_excused_words_are_not_compared_with_each_letter():
    view = fold("ab " * 3_000)
    spans = [(at, at + 1) for at in range(0, 9_000, 3)] * 3
    steps = []

    class Counted(tuple):
        __slots__ = ()

        def __iter__(self):
            steps.append(1)
            return super().__iter__()

    assert view.without(list(map(Counted, spans))).text == " b " * 3_000
    assert len(steps) <= len(spans)


def test_own_words_that_are_excused_again_and_again_are_found_once_more():
    ruleset = build_ruleset(whitelisted_phrases=["one idiot"])
    assert verdict_on("one idiot " * TIMES, ruleset=ruleset).kind == "allow"
    assert verdict_on("one idiot " * TIMES + "idiot", ruleset=ruleset).kind != "allow"
