"""docs/asvs.md answers every requirement of levels 1 and 2, and what it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TABLES = (ROOT / "docs" / "asvs.md").read_text().partition("## The requirements")[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TABLES.splitlines()
    if re.match(r"\| \d", line)
]
STATES = {"yes", "not applicable"}
#: How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has.
CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}


def test_every_requirement_is_answered_once():
    ids = [row[0] for row in ROWS]
    assert len(ids) == len(set(ids))
    counted = {
        chapter: sum(id_.split(".")[0] == str(chapter) for id_ in ids) for chapter in CHAPTERS
    }
    assert counted == CHAPTERS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_answer_names_what_exists(row):
    _, asks, state, shown = row
    assert asks
    assert state in STATES
    named = re.findall(
        r"`((?:tests|moderation|moderation_site|reviews|deploy|static)/[\w./-]+)`", shown
    )
    assert all((ROOT / name).exists() for name in named)
