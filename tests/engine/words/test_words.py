"""Listed words match whole, with a project's own lists beside the bundled ones."""

import pytest

from moderation.engine.custom_rules.ruleset import BlacklistEntry, build_ruleset
from moderation.engine.matches import Category, Source
from moderation.engine.text.phonetic import phonetic_key
from moderation.engine.words.blacklist import WordError, validate_word
from moderation.engine.words.lexicon import innocent_words, lexicon_entries, lexicon_patterns
from tests.engine.judging import found_in, verdict_on, words_in


def listing(word, *, score=0.75, is_regex=False, category=Category.OTHER):
    return build_ruleset(blacklist=[BlacklistEntry("1", word, category, score, is_regex)])


def test_a_blacklisted_word_is_found_in_disguise():
    match = found_in("free W1D-G3T here", listing("widget")).matches[0]
    assert (match.text, match.word, match.source) == ("W1D-G3T", "widget", Source.BLACKLIST)


def test_a_blacklisted_word_never_matches_inside_another():
    assert words_in("midwidgets", ruleset=listing("widget")) == []


def test_a_blacklisted_phrase_matches_over_punctuation():
    assert words_in("blue, widget!", ruleset=listing("blue widget")) == ["blue widget"]


def test_a_blacklisted_sign_is_found():
    assert words_in("I write c++ code", ruleset=listing("c++")) == ["c++"]


def test_a_regular_expression_hits_with_accents_around():
    assert words_in("mañana W-123", ruleset=listing(r"w-\d{3}", is_regex=True)) == [r"w-\d{3}"]


def test_a_regular_expression_that_cannot_run_is_left_out():
    assert found_in("aa", listing(r"(a)\1", is_regex=True)).failed == ()


def test_the_stronger_of_two_lists_counts_once():
    found = found_in("damn", listing("damn", score=0.9, category=Category.PROFANITY))
    assert len(found.matches) == 1
    assert found.score == 0.9


def test_a_whitelisted_phrase_removes_only_what_is_inside_it():
    ruleset = build_ruleset(whitelisted_phrases=["damn good"])
    assert words_in("damn good but shit", ruleset=ruleset) == ["shit"]


@pytest.mark.parametrize("word", ["", "  ", "\u200b", "\u200b\u200d", "\u0301"])
def test_an_invisible_word_is_refused(word):
    with pytest.raises(WordError):
        validate_word(word)


@pytest.mark.parametrize(
    "text",
    ["chutiya", "chootia", "chutya", "bewaqoof", "bevakoof", "kaminay", "kameene", "madarchod"],
)
def test_spellings_of_roman_urdu_are_violations(text):
    assert verdict_on(text).kind.rank >= 2


def test_spellings_of_one_word_share_a_phonetic_key():
    assert phonetic_key("bewaqoof") == phonetic_key("bevakuf")


def test_every_listed_word_names_its_source_and_a_possible_score():
    assert all(0.3 <= entry.score <= 1 for entry in lexicon_entries())


def test_no_listed_word_is_called_innocent():
    assert not innocent_words() & {entry.word for entry in lexicon_entries()}


def test_the_bundled_patterns_compile():
    assert lexicon_patterns()
