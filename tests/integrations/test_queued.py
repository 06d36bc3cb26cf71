"""Accepted messages in Celery, and messages out of a queue (docs/legacy.md)."""

from datetime import timedelta

import pytest
from celery.exceptions import Retry
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from moderation import rules
from moderation.lib.errors import Invalid
from moderation.models import Ban, ModerationLog, ModerationTask
from moderation.pipeline import tasks
from moderation_site import celery
from tests.integrations.test_moderate import door, post
from tests.messages import project as make_project

MESSAGE = {"message_id": "m1", "user_id": "u1", "content": "Shut up idiot"}
BODY = {"content": "flagword", "user_id": "u", "chat_id": "c"}


@pytest.fixture
def with_celery(settings):
    """Let Celery run its tasks at once, in this process."""
    settings.TASK_SENDER = "moderation_site.celery.send"
    celery.app.conf.task_always_eager = True
    yield
    celery.app.conf.task_always_eager = False


def test_an_accepted_message_is_celerys(key, with_celery, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(door(key), "messages", BODY)
    told = door(key).get(answer.headers["Location"]).json()
    assert (answer.status_code, told["state"]) == (202, "SUCCESS")
    assert told["result"]["action"] == "WARNING"


def test_what_the_broker_never_got_the_relay_does_later(key, with_celery):
    post(door(key), "messages", BODY)
    assert tasks.run_pending() == 0
    ModerationTask.objects.update(created_at=timezone.now() - timedelta(seconds=31))
    assert tasks.run_pending() == 1


def test_a_task_runs_once_however_often_it_is_delivered(key):
    task = post(door(key), "messages", BODY).json()["task_id"]
    for _ in range(3):
        tasks.run(task)
    assert (ModerationLog.objects.count(), ModerationTask.objects.get().state) == (1, "SUCCESS")


def test_celerys_task_has_its_documented_name_and_answer(arena):
    moderate = celery.app.tasks["moderation.tasks.moderate_message"]
    assert moderate(MESSAGE) == {
        "message_id": "m1", "approved": False, "action": "WARNING", "flagged": True,
    }  # fmt: skip
    stored = ModerationLog.objects.get()
    assert (stored.project, stored.channel_id, stored.user_id) == (arena, "default", "u1")


def test_a_message_over_the_authors_limit_is_tried_again_after_the_pause(arena, monkeypatch):
    rules.change_policy(arena, "tests", {"author_limits": {"per_minute": 1, "per_hour": None}})
    task = celery.app.tasks["moderation.tasks.moderate_message"]
    retries = []
    monkeypatch.setattr(task, "retry", lambda **how: retries.append(how) or Retry())
    task(MESSAGE)
    with pytest.raises(Retry):
        task({**MESSAGE, "message_id": "m2"})
    assert 1 <= retries[0]["countdown"] <= 60
    assert ModerationLog.objects.count() == 1


def test_a_message_names_its_project_or_the_setting_does(arena, settings):
    valley = make_project("valley")
    with pytest.raises(Invalid):
        celery.moderate_message(MESSAGE)
    celery.moderate_message({**MESSAGE, "project_id": "valley"})
    settings.QUEUE_PROJECT = "arena"
    celery.moderate_message({**MESSAGE, "channel_id": 7})
    assert set(ModerationLog.objects.values_list("project__slug", "channel_id")) == {
        (valley.slug, "default"), ("arena", "7"),
    }  # fmt: skip


def test_beat_ends_expired_bans(arena):
    (entry,) = celery.app.conf.beat_schedule.values()
    an_hour_ago = timezone.now() - timedelta(hours=1)
    who = {"user_id": "ana", "type": "temporary", "issued_by": "noor"}
    Ban.objects.create(project=arena, expires_at=an_hour_ago, **who)
    celery.app.tasks[entry["task"]]()
    assert Ban.objects.get().lifted_by == "system"


@pytest.mark.parametrize("wrong", [{"content": ""}, {"user_id": None}, {"message_id": []}], ids=str)
def test_a_message_that_can_never_be_taken_is_refused(arena, wrong):
    with pytest.raises(ValidationError):
        celery.moderate_message({**MESSAGE, **wrong})
