"""docs/moving.md names a test for what the older services' documents describe, or says why none."""

import re
from pathlib import Path

import pytest
from django.test import Client

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "moving.md").read_text().partition("## Every call, snippet and page")[2]
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| document")
]
DOCUMENTS = {"Bloom", "AuraFlow", "AuraFlow tests", "moderation service", "AutoModerate"}
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
ADDRESS = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/\S*)`")
ABSENT = [row for row in ROWS if row[3].startswith("absent: ")]


def named(row):
    return " / ".join(row[:3])


def test_every_document_has_its_rows_and_each_stands_once():
    assert {row[0] for row in ROWS} == DOCUMENTS
    assert len(set(map(named, ROWS))) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_row_names_a_test_that_exists_or_a_reason(row):
    *_, shown = row
    tests = TEST.findall(shown)
    for path, name in tests:
        assert re.search(
            rf"^(async )?def {name}\(", (ROOT / "tests" / path).read_text(), re.MULTILINE
        )
    assert tests or row in ABSENT or len(shown.split()) >= 5


@pytest.mark.parametrize("row", ABSENT, ids=named)
def test_absent_address_is_404(row, db):
    method, path = ADDRESS.search(row[2]).groups()
    assert Client().generic(method, path).status_code == 404


@pytest.mark.parametrize("service", ["bloom", "auraflow", "automoderate"])
def test_each_call_of_a_guide_has_its_row(service):
    guide = (ROOT / "docs" / f"moving-from-{service}.md").read_text()
    calls = guide.partition("## The calls")[2].partition("\n## ")[0]
    known = {path.partition("?")[0] for row in ROWS for _, path in ADDRESS.findall(row[2])}
    wanted = {path.partition("?")[0] for _, path in ADDRESS.findall(calls)}
    assert wanted
    assert wanted <= known
