"""Messages that are stored together cost few statements, and fail one by one."""

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from moderation.events.event import USER_ACTIVITY
from moderation.lib.errors import DatabaseAway, MessageTaken
from moderation.models import ModerationLog, OutboxEvent
from moderation.pipeline import together
from moderation.pipeline.moderate import moderate
from moderation.pipeline.together import moderate_together
from reviews.models import ReviewItem
from tests.messages import BLOCKED, project, submission, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_services]


@pytest.fixture
def arena():
    arena = project()
    words(arena)
    return arena


def harmless(arena, count, start=0, text="Hello world"):
    return [
        submission(arena, text, message_id=f"own-{number}", user_id=f"u{number}")
        for number in range(start, start + count)
    ]


def statements(messages):
    """Return how many statements storing these took; the active ruleset is checked by the clock."""
    with CaptureQueriesContext(connection) as captured:
        moderate_together(messages)
    return sum('FROM "moderation_project"' not in row["sql"] for row in captured.captured_queries)


def test_twenty_messages_take_as_many_statements_as_two(arena):
    moderate(submission(arena))
    # Begin, histories, logs, events, commit; PostgreSQL stores logs and events with one.
    most = 4 if connection.vendor == "postgresql" else 5
    assert statements(harmless(arena, 2)) <= most
    assert statements(harmless(arena, 20, start=2)) <= most
    assert ModerationLog.objects.count() == 23
    assert OutboxEvent.objects.filter(type="moderation_update").count() == 23


def test_twenty_violations_take_as_many_statements_as_two(arena):
    moderate(submission(arena))
    # Two more: the locks, and the authors' figures. Histories are read again under the locks.
    most = 9 if connection.vendor == "postgresql" else 10
    assert statements(harmless(arena, 2, text="flagword")) <= most
    assert statements(harmless(arena, 20, start=2, text="flagword")) <= most
    assert ReviewItem.objects.count() == 22
    figures = [event.data["activity"] for event in OutboxEvent.objects.filter(type=USER_ACTIVITY)]
    assert len(figures) == 22
    assert all(one["recent_violations"] == one["total_submissions"] == 1 for one in figures)


def test_one_that_cannot_be_stored_keeps_no_other_from_it(arena):
    moderate(submission(arena, message_id="taken"))
    messages = harmless(arena, 3)
    messages.insert(1, submission(arena, message_id="taken", user_id="somebody else"))
    messages.append(submission(arena, BLOCKED, message_id="m-last"))
    outcomes = moderate_together(messages)
    assert isinstance(outcomes[1], MessageTaken)
    assert [outcomes[n].log.message_id for n in (0, 2, 3, 4)] == [
        "own-0",
        "own-1",
        "own-2",
        "m-last",
    ]
    assert outcomes[4].log.action == "warning"
    assert ModerationLog.objects.count() == 5


def test_a_message_that_comes_in_between_spoils_only_itself(arena, monkeypatch):
    judge = together.judge_together

    def judged_late(submissions, now):
        judged = judge(submissions, now)
        moderate(submission(arena, "Hello world", message_id="own-1", user_id="u1"))
        monkeypatch.setattr(together, "judge_together", judge)
        return judged

    monkeypatch.setattr(together, "judge_together", judged_late)
    outcomes = moderate_together(harmless(arena, 3))
    assert [outcome.is_duplicate for outcome in outcomes] == [False, True, False]
    assert (
        ModerationLog.objects.count()
        == OutboxEvent.objects.filter(type="moderation_update").count()
        == 3
    )


@pytest.fixture
def locked(monkeypatch):
    """A database that fails whoever wants to store; return the list of those who tried."""
    tries = []

    def fail(*_):
        tries.append(1)
        raise OperationalError("database is locked")

    monkeypatch.setattr(together.Writes, "store", fail)
    monkeypatch.setattr(together, "moderate", fail)
    return tries


def test_after_a_long_wait_in_vain_nobody_tries_again(arena, locked, monkeypatch):
    monkeypatch.setattr(together, "PATIENCE_SECONDS", 0)
    again = submission(arena, "and again", user_id="u0")
    outcomes = moderate_together([*harmless(arena, 3), again])
    assert [type(outcome) for outcome in outcomes] == [DatabaseAway] * 4
    assert len(locked) == 1


def test_what_fails_at_once_is_tried_again_alone(arena, locked):
    outcomes = moderate_together(harmless(arena, 3))
    assert [type(outcome) for outcome in outcomes] == [OperationalError] * 3
    assert len(locked) == 4


def test_what_was_stored_is_answered_though_a_later_round_fails(arena, monkeypatch):
    judge, rounds = together.judge_together, []

    def judge_once(submissions, now):
        rounds.append(submissions)
        if len(rounds) > 1:
            raise OperationalError("cut off")
        return judge(submissions, now)

    monkeypatch.setattr(together, "judge_together", judge_once)
    first, second = moderate_together([submission(arena), submission(arena)])
    assert first.log == ModerationLog.objects.get()
    assert isinstance(second, OperationalError)
    with pytest.raises(OperationalError):
        moderate_together([submission(arena)])
