"""Listed words behind a slip, a rim or a star; and the words that only look like one then."""

import pytest

from moderation.engine.custom_rules.ruleset import BlacklistEntry, build_ruleset
from moderation.engine.matches import Source
from moderation.engine.words.misspelled import misspellings_of
from tests.engine.judging import found_in, verdict_on, words_in


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("bicth", "bitch"),  # two letters changed places
        ("idoit", "idiot"),
        ("btch", "btch"),
        ("bstard", "bastard"),  # a vowel is missing
        ("fggot", "faggot"),
        ("mierad", None),  # two changes are too many
        ("pendjeo", "pendejo"),
        ("chutyia", "chutiya"),
        ("xxidiotxx", "idiot"),  # letters hung on
        ("qzwhoreqz", "whore"),
        ("zzbitch", "bitch"),
        ("idiot99", "idiot"),
        ("youbastards", "bastards"),
        ("stupidmoronface", None),
    ],
)
def test_a_slip_is_read_as_the_word_that_is_meant(written, word):
    assert words_in(f"you {written}, go") == ([word] if word else [])


@pytest.mark.parametrize("text", ["you bicth", "you xxbitchxx", "you bstard"])
def test_a_slip_is_flagged_where_it_stands_and_never_blocks_alone(text):
    (match,) = found_in(text).matches
    assert (match.text, match.source) == (text.removeprefix("you "), Source.LEXICON)
    assert verdict_on(text).kind == "flag"


@pytest.mark.parametrize(
    "text",
    [
        "put the shells in the van",
        "the explanation was weird",
        "where is the haram policy, travel fans",
        "carbon and lorry parts on sale",
        "i cnat belive tht",
        "grapes, cocktails and a hello to the assistant",
        "la muerte de marcos y el carbono",
        "saal mubarak, pta nahi",
    ],
)
def test_common_words_and_their_slips_are_left_alone(text):
    assert words_in(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "a g*and day",
        "pak*stan won",
        "cert*in facts",
        "con*act me",
        "c*nt*ct",
        "t*at k*ck",
        "*hello*",
    ],
)
def test_a_masked_common_word_is_no_listed_one(text):
    assert words_in(text) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("f*u*c*k", "fuck"),
        ("f*ck*ng", "fucking"),
        ("you f*ck*you", "fuck"),
        ("idiot*boy", "idiot"),
        ("wh*re", "whore"),
    ],
)
def test_stars_do_not_hide_a_listed_word(text, word):
    assert words_in(text) == [word]


def test_a_projects_own_words_are_not_found_misspelt():
    ruleset = build_ruleset(blacklist=[BlacklistEntry("1", "widget", "other", 0.75)])
    assert words_in("wigdet xxwidgetxx", ruleset=ruleset) == []


def test_a_short_word_that_is_not_strong_keeps_its_vowels():
    assert set(misspellings_of("damn", 0.4)) == {"dman"}
    assert set(misspellings_of("cunt", 0.9)) == {"cnut", "cnt", "cutn"}


def test_a_vowel_between_equal_letters_is_not_missed():
    assert "mmona" not in set(misspellings_of("mamona", 0.75))
