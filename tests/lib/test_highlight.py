"""Marking the matches in a text."""

from hypothesis import given
from hypothesis import strategies as st

from moderation.lib.highlight import Segment, segments


def hit(start, end, score=0.5, category="insult"):
    return {"start": start, "end": end, "score": score, "category": category, "source": "lexicon"}


def test_a_match_becomes_a_piece_with_its_reason():
    assert segments("you fool", [hit(4, 8, 0.6)]) == [
        Segment("you "),
        Segment("fool", "insult", "insult 0.60, word list"),
    ]


def test_the_models_guess_is_told_from_what_a_list_found():
    [found] = segments("fool", [hit(0, 4) | {"source": "model"}])
    assert found == Segment("fool", "insult", "insult 0.50, model", is_guess=True)


def test_of_two_that_overlap_the_stronger_is_shown():
    found = segments("abcdef", [hit(0, 4, 0.3, "spam"), hit(2, 6, 0.9, "threat")])
    assert [(piece.text, piece.kind) for piece in found] == [("ab", ""), ("cdef", "threat")]


def test_personal_data_is_named_by_its_type():
    [piece] = segments("a@b.example", [], [{"start": 0, "end": 11, "type": "EMAIL"}])
    assert (piece.kind, piece.title) == ("personal_info", "personal data: e-mail address")


spans = st.tuples(st.integers(0, 30), st.integers(0, 30), st.floats(0, 1)).map(
    lambda found: hit(*sorted(found[:2]), found[2])
)


@given(st.text(min_size=30, max_size=40), st.lists(spans, max_size=8))
def test_no_letter_is_lost_or_doubled(text, matches):
    assert "".join(piece.text for piece in segments(text, matches)) == text
