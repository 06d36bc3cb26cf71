"""Messages that are stored together: in which rounds, in which order, and how often tried."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError

from moderation.lib.errors import DatabaseAway
from moderation.pipeline import together
from moderation.pipeline.submission import Submission
from moderation.pipeline.twins import TRIES, try_past_twins

ARENA, OTHER = SimpleNamespace(pk=1), SimpleNamespace(pk=2)


def sent(author, message_id, project=ARENA, channel="general"):
    return Submission(project, message_id, author, channel, "Hello")


@pytest.mark.parametrize(
    ("messages", "rounds"),
    [
        ([], []),
        ([("ana", "m1"), ("ben", "m2")], [[0, 1]]),
        ([("ana", "m1"), ("ana", "m2"), ("ben", "m3")], [[0, 2], [1]]),
        ([("ana", "m1"), ("ben", "m2"), ("ana", "m3")], [[0, 1], [2]]),
        ([("ana", "m1"), ("ben", "m1")], [[0], [1]]),
        ([("ana", "m1"), ("ben", "m1"), ("ben", "m2")], [[0], [1], [2]]),
        ([("ana", "m1"), ("ana", "m1", OTHER)], [[0, 1]]),
        ([("ana", "m1"), ("m1", "ana")], [[0, 1]]),
        ([("ana", "m1"), ("ana", "m2", ARENA, "lobby")], [[0], [1]]),
    ],
)
def test_each_author_and_each_message_comes_once_in_a_round(messages, rounds):
    assert list(together._rounds([sent(*one) for one in messages])) == rounds


def test_authors_are_locked_in_one_order():
    ordered = [
        sent("ana", "m3"),
        sent("ben", "m2", channel="a"),
        sent("ben", "m1", channel="b"),
        sent("ana", "m0", OTHER),
    ]
    mixed = [ordered[place] for place in (2, 0, 3, 1)]
    assert sorted(mixed, key=together._order) == ordered


@pytest.mark.parametrize(
    ("error", "waited", "is_away"),
    [
        (OperationalError("locked"), 5.0, True),
        (OperationalError("locked"), 4.9, False),
        (DatabaseError("broken"), 9.0, False),
        (ValueError("else"), 9.0, False),
    ],
)
def test_only_after_a_long_wait_for_the_database_nobody_tries_again(
    monkeypatch, error, waited, is_away
):
    monkeypatch.setattr(together, "time", SimpleNamespace(monotonic=lambda: 100.0 + waited))
    if is_away:
        with pytest.raises(DatabaseAway):
            together.refuse_second_try(error, 100.0)
    else:
        together.refuse_second_try(error, 100.0)


@pytest.mark.parametrize("failures", range(TRIES + 1))
def test_a_twin_is_met_so_often_and_no_more(failures):
    left = [IntegrityError("twin")] * failures

    def attempt(_submission):
        if left:
            raise left.pop()
        return "stored"

    if failures < TRIES:
        assert try_past_twins(sent("ana", "m1"), attempt) == "stored"
    else:
        with pytest.raises(IntegrityError):
            try_past_twins(sent("ana", "m1"), attempt)
    assert left == []


def test_only_the_first_try_counts_the_author():
    counted = []

    def attempt(submission):
        counted.append(submission.is_counted)
        raise IntegrityError("twin")

    with pytest.raises(IntegrityError):
        try_past_twins(sent("ana", "m1"), attempt)
    assert counted == [True, False, False]


def test_another_error_is_not_tried_again():
    tries = []

    def attempt(_submission):
        tries.append(1)
        raise ValueError("else")

    with pytest.raises(ValueError, match="else"):
        try_past_twins(sent("ana", "m1"), attempt)
    assert len(tries) == 1
