"""Each signal of spam, at its limit and just below it."""

import pytest

from tests.engine.judging import verdict_on, words_in

SPAM = [
    ("nooooo", "stretched"),
    ("stop!!!!!", "stretched"),
    ("WHAT IS THIS", "capitals"),
    ("BUY NOW BUY NOW BUY NOW", "capitals"),
    ("\U0001f600 " * 11, "emojis"),
    ("\U0001f1f5\U0001f1f0" * 11, "emojis"),
    ("http://a.co http://b.co http://c.co http://d.co", "links"),
    ("@a @b @c @d @e @f", "mentions"),
    ("buy buy buy buy", "repeated_word"),
]
ORDINARY = [
    "nooo way!!!!",
    "the NASA and UNESCO report",
    "GOOD LUCK",
    "\U0001f600" * 10,
    "http://a.co http://b.co http://c.co",
    "@a @b @c @d @e",
    "bye bye bye",
    "10000000 points",
]


@pytest.mark.parametrize(("text", "signal"), SPAM, ids=[signal for _, signal in SPAM])
def test_spam_is_named_by_its_signal(text, signal):
    assert signal in words_in(text)
    assert "spam" in verdict_on(text).reasons


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_text_is_no_spam(text):
    assert words_in(text) == []


def test_a_duplicate_is_flagged_with_its_own_reason():
    verdict = verdict_on("buy my course today", is_duplicate=True)
    assert (verdict.kind, verdict.reasons) == ("flag", ("spam", "duplicate"))
    assert verdict.moderator_name == "Spam"


def test_spam_is_not_toxic():
    assert words_in("nooooo") == ["stretched"]
    assert verdict_on("nooooo").kind == "warn"


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("Your account is locked, confirm your password now", "scam"),
        ("Send 1 ETH and receive 2 ETH back", "scam"),
        ("check out my channel and subscribe", "advertising"),
    ],
)
def test_two_kinds_of_clues_are_spam(text, signal):
    assert words_in(text) == [signal]
    assert verdict_on(text, score_request=None).kind == "flag"


@pytest.mark.parametrize(
    "text",
    [
        "my account is locked",
        "confirm your password to log out",
        "I have a channel",
        "never send ETH",
    ],
)
def test_one_clue_is_ordinary(text):
    assert words_in(text) == []
