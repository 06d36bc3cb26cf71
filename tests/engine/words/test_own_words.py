"""A project's own words: exactly, in disguise, or inside other words."""

import pytest

from moderation.engine.custom_rules.ruleset import BlacklistEntry, build_ruleset
from moderation.engine.matches import Category, Source
from tests.engine.judging import found_in


def hits(text, word, match):
    entry = BlacklistEntry("1", word, Category.OTHER, 0.75, match=match)
    found = found_in(text, build_ruleset(blacklist=[entry]))
    return [hit.text for hit in found.matches if hit.source is Source.BLACKLIST]


@pytest.mark.parametrize(
    ("text", "exact", "disguised", "part"),
    [
        ("what a Grifter", ["Grifter"], ["Grifter"], ["Grifter"]),
        ("ｇｒｉｆｔｅｒ", ["ｇｒｉｆｔｅｒ"], ["ｇｒｉｆｔｅｒ"], ["ｇｒｉｆｔｅｒ"]),
        ("gri\u200bfter", ["gri\u200bfter"], ["gri\u200bfter"], ["gri\u200bfter"]),
        ("a gr1fter", [], ["gr1fter"], ["gr1fter"]),
        ("g r i f t e r", [], ["g r i f t e r"], ["g r i f t e r"]),
        ("grífter", [], ["grífter"], ["grífter"]),
        ("grifter22", [], ["grifter22"], ["grifter22"]),
        ("supergrifters", [], [], ["supergrifters"]),
        ("the grafter", [], [], []),
    ],
)
def test_a_word_matches_as_far_as_it_says(text, exact, disguised, part):
    assert hits(text, "grifter", "exact") == exact
    assert hits(text, "grifter", "disguised") == disguised
    assert hits(text, "grifter", "part") == part


@pytest.mark.parametrize("match", ["exact", "disguised", "part"])
def test_a_word_without_spaces_around_it_matches_in_a_run(match):
    assert hits("你是个笨蛋吧", "笨蛋", match) == ["笨蛋"]


def test_two_words_that_differ_by_an_accent_are_two():
    assert hits("das ist schön", "schon", "disguised") == []
    assert hits("das ist schön", "schön", "exact") == ["schön"]
    assert hits("das ist schon gut", "schön", "disguised") == []


def test_an_exact_phrase_matches_over_any_blanks():
    assert hits("free  Gems here", "free gems", "exact") == ["free  Gems"]
    assert hits("fr33 gems here", "free gems", "exact") == []
