"""Where Perspective's spans begin and end."""

import pytest

from moderation.integrations.compat.perspective.scoring import MOST_SENTENCES, sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three", ["One.", "Two!", "Three"]),
        ("Wait... what?! No", ["Wait...", "what?!", "No"]),
        ("... well. Yes", ["...", "well.", "Yes"]),
        (". Well. Yes", [". Well.", "Yes"]),
        ("v1.2 is out. Good", ["v1.2 is out.", "Good"]),
        ("...a.b..c d.", ["...a.b..c d."]),
        ("one\ntwo.\n\n three", ["one", "two.", "three"]),
        ("  spaces   ", ["spaces   "]),
        ("¿Qué…? Sí… no", ["¿Qué…?", "Sí…", "no"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_a_comment_is_split_into_its_sentences(text, parts):
    assert [text[start:end] for start, end in sentences(text)] == parts


@pytest.mark.parametrize("text", ["." * 300_000 + "a", "a" + "?" * 300_000 + "b", "a." * 150_000])
def test_a_row_of_dots_is_read_once(text):
    # Read again from each of its dots this would take ten minutes.
    assert sentences(text) == [(0, len(text))]


def test_the_last_span_has_the_rest():
    text = "Yes. " * (MOST_SENTENCES + 9)
    spans = sentences(text)
    assert (len(spans), spans[-1][1]) == (MOST_SENTENCES, len(text) - 1)
