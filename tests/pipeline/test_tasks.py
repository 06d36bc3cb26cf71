"""Messages that are accepted first and moderated afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from moderation.events.wakeup import relay_wakeup
from moderation.lib.errors import Invalid
from moderation.models import ModerationLog, ModerationTask
from moderation.models.ids import first_id_of
from moderation.pipeline import tasks
from tests.messages import NOON, project, submission

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def accept(arena, content="Hello world", **fields):
    return tasks.accept(submission(arena, content, **fields))


def run(task):
    tasks.run(str(task.pk))
    task.refresh_from_db()
    return task


def answering(monkeypatch, error):
    """Let every message fail with this error."""

    def fail(_submission):
        raise error

    monkeypatch.setattr(tasks, "moderate", fail)


def test_an_accepted_message_waits_with_all_that_was_sent(arena):
    accept(arena, message_id="m1", username="Zed", metadata={"a": 1}, may_punish=False)
    task = ModerationTask.objects.get()
    assert (task.project, task.message_id, task.state) == (arena, "m1", "PENDING")
    sent = {name: value for name, value in task.message.items() if value}
    assert sent == {
        "user_id": "zed", "channel_id": "general", "content": "Hello world", "username": "Zed",
        "metadata": {"a": 1},
    }  # fmt: skip
    assert not ModerationLog.objects.exists()


@pytest.mark.parametrize(
    ("content", "result"),
    [
        ("Hello", {"approved": True, "action": None, "reason": None, "flagged": False}),
        (
            "flagword",
            {
                "approved": False, "action": "WARNING", "flagged": True,
                "reason": "Inappropriate content: profanity",
            },
        ),
    ],
)  # fmt: skip
def test_a_moderated_message_leaves_its_result_and_nothing_it_said(arena, content, result):
    before = timezone.now()
    task = run(accept(arena, content, message_id="m1"))
    assert (task.state, task.message, task.error) == ("SUCCESS", {}, "")
    assert task.result == {"message_id": "m1", **result}
    assert before <= task.done_at <= timezone.now()


def test_only_the_named_task_runs_and_only_once(arena, monkeypatch):
    first, second = accept(arena), accept(arena)
    done = run(first)
    second.refresh_from_db()
    assert (done.state, second.state) == ("SUCCESS", "PENDING")
    monkeypatch.setattr(tasks, "moderate", lambda _: 1 / 0)
    assert run(first).attempts == 0


def test_a_refused_message_says_why(arena, monkeypatch):
    answering(monkeypatch, Invalid("content", "x" * 501))
    first, second = accept(arena), accept(arena)
    task = run(first)
    assert (task.state, task.error, task.result, task.message) == ("FAILURE", "x" * 500, None, {})
    second.refresh_from_db()
    assert second.state == "PENDING"


def test_the_third_failure_ends_the_attempts_of_that_message_alone(arena, monkeypatch):
    answering(monkeypatch, ValueError("broken"))
    first, second = accept(arena), accept(arena)
    seen = [(task.state, task.attempts) for task in (run(first) for _ in range(3))]
    assert seen == [("PENDING", 1), ("PENDING", 2), ("FAILURE", 3)]
    assert first.error == "The message could not be judged."
    second.refresh_from_db()
    assert (second.state, second.attempts) == ("PENDING", 0)


def test_a_database_that_fails_costs_no_attempt(arena, monkeypatch):
    answering(monkeypatch, OperationalError("locked"))
    task = accept(arena)
    with pytest.raises(OperationalError):
        tasks.run(str(task.pk))
    task.refresh_from_db()
    assert (task.state, task.attempts) == ("PENDING", 0)


@pytest.mark.parametrize("error", [DataError("too long"), IntegrityError("taken")])
def test_a_message_that_the_database_refuses_fails_alone(arena, monkeypatch, error):
    answering(monkeypatch, error)
    task = accept(arena)
    assert [run(task).state for _ in range(3)] == ["PENDING", "PENDING", "FAILURE"]


@pytest.mark.parametrize("message", [{"of_another_version": 1}, {"content": "Hello"}, []])
def test_a_stored_message_that_cannot_be_read_blocks_no_other(arena, monkeypatch, message):
    monkeypatch.setattr(tasks, "MOST_SECONDS", 60)
    broken, other = accept(arena), accept(arena)
    ModerationTask.objects.filter(pk=broken.pk).update(message=message)
    assert tasks.run_pending() == 2
    other.refresh_from_db()
    assert other.state == "SUCCESS"
    assert [run(broken).state for _ in range(2)] == ["PENDING", "FAILURE"]


def test_pending_messages_are_done_the_oldest_first_and_failed_ones_last(arena, monkeypatch):
    monkeypatch.setattr(tasks, "MOST_SECONDS", 60)
    sent = [accept(arena, message_id=f"m{number}") for number in range(4)]
    ModerationTask.objects.filter(pk=sent[0].pk).update(attempts=1)
    run(sent[1])
    assert tasks.run_pending() == 3
    logs = ModerationLog.objects.order_by("created_at")
    assert list(logs.values_list("message_id", flat=True)) == ["m1", "m2", "m3", "m0"]
    assert tasks.run_pending() == 0


def test_one_run_ends_after_its_time_or_its_batch(arena, monkeypatch):
    for _ in range(tasks.BATCH + 1):
        accept(arena, user_id="")
    monkeypatch.setattr(tasks, "MOST_SECONDS", -1)
    assert tasks.run_pending() == 1
    monkeypatch.setattr(tasks, "MOST_SECONDS", 60)
    assert [tasks.run_pending(), tasks.run_pending()] == [tasks.BATCH, 0]


def test_with_a_broker_only_what_it_lost_is_done_here(settings):
    assert tasks.latest_start(NOON) == datetime(9999, 1, 1, tzinfo=UTC)
    settings.TASK_SENDER = "some.sender"
    assert tasks.latest_start(NOON) == NOON - 30 * SECOND


def test_only_tasks_before_the_moment_wait(arena):
    task = accept(arena)
    waiting = [tasks.waiting_before(task.created_at + late) for late in (0 * SECOND, SECOND)]
    assert [list(found) for found in waiting] == [[], [task]]
    run(task)
    assert not waiting[1].all().exists()


@pytest.mark.parametrize("sender", ["", "tests.pipeline.test_tasks.told"])
def test_the_relay_or_the_broker_is_told_once_it_is_stored(
    arena, settings, sender, django_capture_on_commit_callbacks
):
    settings.TASK_SENDER = sender
    _told.clear()
    relay_wakeup.wait(0)
    with django_capture_on_commit_callbacks(execute=True):
        task = accept(arena)
    assert (relay_wakeup.wait(0), _told) == ((True, []) if not sender else (False, [str(task.pk)]))


_told = []


def told(task_id):
    _told.append(task_id)


def test_an_author_s_waiting_messages_are_found(arena):
    other = project("other")
    mine = [accept(arena), accept(arena)]
    accept(arena, user_id="ana")
    accept(other)
    run(accept(arena))
    assert tasks.waiting_of(arena, "zed") == mine


def test_results_are_kept_for_a_day(arena):
    accept(arena)
    kept, old = run(accept(arena)), run(accept(arena))
    for task, done_at in ((kept, NOON), (old, NOON - SECOND)):
        ModerationTask.objects.filter(pk=task.pk).update(
            id=first_id_of(done_at - SECOND), message_id=f"done {done_at}", done_at=done_at
        )
    assert tasks.forget_old(NOON + DAY) == 1
    assert ModerationTask.objects.filter(done_at=NOON).exists()
    assert ModerationTask.objects.count() == 2


def test_old_results_are_found_by_an_index(arena):
    with CaptureQueriesContext(connection) as asked:
        tasks.forget_old(NOON)
    assert '"id" < ' in asked[0]["sql"]
