"""run_matrix: the rows of the rule matrix, and what happens if one differs."""

import json

import pytest
from django.core.management import CommandError

from moderation.management import matrix
from moderation.management.commands import run_matrix
from moderation.management.matrix import OLDER, ROWS, Row


def test_every_row_is_as_expected(command):
    data = json.loads(command("run_matrix", "--format", "json"))
    assert (data["wrong"], data["right"]) == (0, len(ROWS))
    assert [row["group"] for row in data["rows"]].count(OLDER) == 13
    assert data["rows"][12] == {
        "group": OLDER,
        "text": "damn",
        "violations_before": 3,
        "expected": ["block"],
        "got": "block",
        "reasons": ["profanity", "repeat_offender"],
        "ok": True,
    }


@pytest.mark.parametrize(
    "row",
    [
        Row(OLDER, "Hello world", ("flag",)),
        Row(OLDER, "john@example.com", ("flag",), pii="PHONE"),
        Row(OLDER, "pgl", like="Hello world"),
        Row(OLDER, "damn", ("warn",), reasons=("repeat_offender",)),
    ],
    ids=["verdict", "personal data", "likeness", "reasons"],
)
def test_a_difference_is_shown_and_ends_with_an_error(command, monkeypatch, capsys, row):
    monkeypatch.setattr(run_matrix, "ROWS", (row,))
    with pytest.raises(CommandError, match="1 of 1 rows differ"):
        command("run_matrix")
    assert not matrix.judge(row).is_right
