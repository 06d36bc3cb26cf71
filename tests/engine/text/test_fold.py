"""Disguises are undone, and what only looks like one is left alone."""

import pytest

from moderation.engine.text.fold import fold, without_surrogates
from moderation.engine.text.views import views_of
from moderation.engine.words.leetspeak import is_leetspeak_for
from tests.engine.judging import found_in, words_in

DISGUISES = [
    ("1d10t", "idiot"),
    ("id\u200biot", "idiot"),
    ("IdIoT", "idiot"),
    ("idi\u03bft", "idiot"),
    ("\u0456di\u043et", "idiot"),
    ("i.d.i.o.t", "idiot"),
    ("i d i o t", "idiot"),
    ("id-iot", "idiot"),
    ("ïdíöt", "idiot"),
    ("iiidiooot", "idiot"),
    ("\uff49\uff44\uff49\uff4f\uff54", "idiot"),
    ("\U0001d422\U0001d41d\U0001d422\U0001d428\U0001d42d", "idiot"),
    ("\U0001f178\U0001f173\U0001f178\U0001f17e\U0001f183", "idiot"),
    ("i\u0334\u0301d\u0335i\u0336o\u0337t", "idiot"),
    ("i*iot", "idiot"),
    ("1oser", "loser"),
    ("f*ck", "fuck"),
    ("b!tch", "bitch"),
    ("$h1t", "shit"),
    ("f_u_c_k", "fuck"),
    ("8!+(h", "bitch"),
    ("@$$h0|3", "asshole"),
    ("5h1+", "shit"),
    ("r@nd!", "randi"),
    ("idio't", "idiot"),
    ("ffffaaagggooot", "faggot"),
    ("n****r", "nigger"),
    ("b#tch", "bitch"),
]
INNOCENT = [
    "he'll be there and she'll too",
    "un cono de helado",
    "a b c d e f g",
    "f(x) * g(x) = 455",
    "The A55 road",
    "U.S.A. and U.K.",
    "read chapter 3, pages 100-120",
    "hi!!",
    "(rap music) is great",
    "see the A550 and the 455",
    "$$$ for +1 (800)",
    "h e l l o  t h e r e",
    "b a s s",
    "t*at is w*at s*e said",
    "trash, t_r_a_s_h",
    "don't, can't, they'd, we'll",
]


@pytest.mark.parametrize(("written", "word"), DISGUISES, ids=ascii)
def test_a_disguised_word_is_found_by_its_own_name(written, word):
    text = f"you {written}, go"
    match = found_in(text).matches[0]
    assert match.word == word
    assert match.text == written


@pytest.mark.parametrize("text", INNOCENT)
def test_what_only_looks_disguised_is_left_alone(text):
    assert words_in(text) == []


def test_plain_ascii_is_only_lowered():
    assert fold("Hello World").text == "hello world"


def test_a_text_without_disguise_has_no_second_view():
    folded = fold("nothing hidden here")
    assert views_of(folded.text).main == (folded,)


def test_spaced_words_are_joined_one_by_one():
    assert views_of("k i l l  y o u").main[-1].text == "kill you"


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("such a b i t c h", "bitch"),
        ("that i d i o t's head", "idiots"),
        ("u k h u s r a y", "khusray"),
        ("s t u p i d c u n t", "cunt"),
        ("a s-t-u-p-i-d one", "stupid"),
        ("the city-i_d_i_o_t", "idiot"),
        ("d_u_m_b i-d-i-o-t", "idiot"),
    ],
)
def test_a_spelt_word_is_found_beside_other_letters(written, word):
    assert word in words_in(written)


def test_a_spelt_word_is_reported_where_it_stands():
    assert found_in("u are a b i t c h").matches[0].text == "b i t c h"


def test_a_ligature_unfolds_into_few_letters():
    assert len(fold("\ufdfa" * 10).text) <= 40


def test_lone_surrogates_are_replaced_one_for_one():
    assert without_surrogates("a\ud800b") == "a\ufffdb"


def test_a_word_needs_its_double_letters():
    assert is_leetspeak_for("ass", "asss")
    assert not is_leetspeak_for("ass", "as")


def test_signs_alone_are_no_word():
    assert not is_leetspeak_for("ass", "455")
