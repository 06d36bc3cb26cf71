"""Our own expressions over one byte a sign: they find what they find in the text itself."""

import pytest

from moderation.engine.detectors.one_byte import Finder, one_byte

FINDER = Finder((r"\bvisit\b|[£€] ?\d+", r"\bwin\b.{0,9}prize"), ("s",))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("please visit us", [(0, 7, 12)]),
        ("€ 500 or £20", [(0, 0, 5)]),
        ("ñandú: win 😀 a prize", [(1, 7, 20)]),
        ("سلام visit", [(0, 5, 10)]),
        ("visit, win the prize", [(0, 0, 5), (1, 7, 20)]),
        # A letter, digit or mark of any script beside it makes it another word.
        ("суперvisit", []),
        ("visitसे", []),
        ("visit\u0301", []),
        ("ǆvisit", []),
        ("éxvisit", []),
        # Other signs do not.
        ("→visit←", [(0, 1, 6)]),
        ("", []),
    ],
)
def test_it_finds_the_first_span_of_each(text, found):
    assert sorted(FINDER.find(text)) == found


def test_every_sign_is_one_byte():
    text = "a€ñш\u0301😀\ud800 ÿ"
    assert len(one_byte(text)) == len(text)
