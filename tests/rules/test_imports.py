"""Long imports are stored in pieces, each of which is a whole change."""

import pytest
from django.db import connection
from django.utils import timezone

from moderation import rules
from moderation.models import AuditEntry, BlacklistWord, RulesetSnapshot
from moderation.pipeline.moderate import analyze
from moderation.rules import imports
from moderation.rules.history import RulesetHistory
from tests.messages import project

WORDS = ("zorple", "blarg", "zorple", "moocher", "", "grifter", "plonker")
RESULTS = ["added", "added", "exists", "added", "invalid", "added", "added"]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(imports, "PIECE", 2)


def rows_of(words):
    return [
        {"word": word, "language": "en", "category": "insult", "severity": "low"} for word in words
    ]


def test_the_report_is_that_of_one_piece(db):
    report = rules.import_words(project(), "ana", rows_of(WORDS))
    assert [(row.row, row.word) for row in report] == list(enumerate(WORDS, start=1))
    assert [row.result for row in report] == RESULTS


def test_each_piece_is_told_and_can_be_stepped_back(db):
    owner = project()
    rules.import_words(owner, "ana", rows_of(WORDS))
    owner.refresh_from_db()
    changes = RulesetSnapshot.objects.filter(project=owner).order_by("version")
    assert [len(change.data["ids"]) for change in changes] == [2, 1, 1, 1]
    logged = AuditEntry.objects.filter(project=owner, action="words.imported").order_by("pk")
    assert [entry.data["words"] for entry in logged] == [2, 1, 1, 1]
    history = RulesetHistory(owner)
    earlier = history.ruleset_at(owner.ruleset_version - 2, 0, timezone.now())
    kinds = [analyze(word, earlier).verdict.kind for word in ("moocher", "grifter")]
    assert kinds == ["flag", "allow"]


def test_a_piece_that_fails_leaves_the_ones_before(db, monkeypatch):
    owner = project()
    raise_version, calls = imports.raise_version, []

    def fail_the_second(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise RuntimeError("the disk is full")
        raise_version(*arguments)

    monkeypatch.setattr(imports, "raise_version", fail_the_second)
    with pytest.raises(RuntimeError):
        rules.import_words(owner, "ana", rows_of(WORDS))
    stored = set(BlacklistWord.objects.values_list("word", flat=True))
    assert stored == {"zorple", "blarg"}
    assert AuditEntry.objects.filter(action="words.imported").count() == 1
    report = rules.import_words(owner, "ana", rows_of(WORDS))
    assert [row.result for row in report] == ["exists", "exists", *RESULTS[2:]]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_between_pieces():
    open_before = []

    def rows():
        for row in rows_of(WORDS):
            open_before.append(connection.in_atomic_block)
            yield row

    rules.import_words(project(), "ana", rows())
    assert open_before == [False] * len(WORDS)
    assert BlacklistWord.objects.count() == RESULTS.count("added")
