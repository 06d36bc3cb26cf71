"""POST /api/messages, answered at once or through GET /api/tasks (CONTRACT section 4)."""

import pytest

from moderation import tasks
from moderation.models import ModerationLog, ModerationTask, Strike
from moderation.relay import run_once
from tests.doors.test_moderate import door, post
from tests.messages import key as make_key
from tests.messages import project as make_project
from tests.messages import row_counts


@pytest.fixture
def client(key):
    return door(key)


def sent(client, content, **fields):
    body = {"content": content, "channel_id": 7, "user_id": 12, **fields}
    return post(client, "messages", body)


@pytest.mark.parametrize(
    ("content", "action"), [("Hello world", "allow"), ("warnword", "warn"), ("flagword", "flag")]
)
def test_a_message_that_may_be_shown_is_201(client, content, action):
    response = sent(client, content)
    answer = response.json()
    assert (response.status_code, answer["moderation"]["action"]) == (201, action)
    assert set(answer) == {
        "id", "content", "channel_id", "user_id", "author", "created_at", "moderation",
    }  # fmt: skip
    assert set(answer["moderation"]) == {"action", "severity", "confidence", "reasons"}
    assert (answer["content"], answer["channel_id"], answer["author"]) == (content, "7", "12")


def test_a_blocked_message_is_403_with_a_strike_of_the_policys(client):
    response = sent(client, "blockword")
    assert (response.status_code, Strike.objects.count()) == (403, 1)
    told = response.json()
    assert told["error"] == "Message blocked"
    assert told["moderation"] == {
        "blocked": True, "reasons": ["profanity"], "severity": "high",
        "message": "Your message violates community guidelines.",
    }  # fmt: skip


def test_a_banned_authors_message_is_403(client):
    for _ in range(3):
        sent(client, "blockword")
    response = sent(client, "hello")
    assert (response.status_code, response.json()["detail"]) == (403, "User is banned")


@pytest.mark.parametrize(
    ("fields", "headers"),
    [({"chat_id": "c1", "channel_id": None}, {}), ({}, {"Prefer": "wait=5, respond-async"})],
)
def test_a_client_that_does_not_wait_asks_for_the_result(client, fields, headers):
    body = {"content": "flagword", "user_id": "zed", "channel_id": "c1", **fields}
    response = post(client, "messages", {**body, "message_id": "m1"}, **headers)
    answer = response.json()
    assert (response.status_code, answer["status"]) == (202, "pending_moderation")
    address = f"/api/tasks/{answer['task_id']}"
    assert (client.get(address).json()["state"], response.headers["Location"]) == (
        "PENDING", address,
    )  # fmt: skip
    assert ModerationLog.objects.count() == 0
    assert run_once().tasks == 1
    told = client.get(address).json()
    assert (told["state"], told["status"], told["error"]) == ("SUCCESS", "completed", None)
    assert told["result"] == {
        "message_id": "m1", "approved": False, "action": "WARNING",
        "reason": "Inappropriate content: profanity", "flagged": True,
    }  # fmt: skip
    stored = ModerationLog.objects.get()
    assert (stored.user_id, stored.channel_id) == ("zed", "c1")
    assert ModerationTask.objects.get().message == {}


def test_a_task_is_its_projects_alone(client):
    task = post(client, "messages", {"content": "a", "user_id": "u", "chat_id": "c"}).json()
    stranger = door(make_key(make_project("valley"), "check"))
    assert stranger.get(f"/api/tasks/{task['task_id']}").status_code == 404
    assert client.get("/api/tasks/no-uuid").status_code == 404


def test_a_task_that_was_done_but_not_noted_is_done_once(arena, client):
    body = {"content": "blockword", "user_id": "u", "chat_id": "c", "message_id": "m1"}
    post(client, "messages", body)
    waiting = ModerationTask.objects.values().get()
    tasks.run_pending()
    ModerationTask.objects.update(state="PENDING", message=waiting["message"])
    tasks.run_pending()
    counts = row_counts()
    assert (counts["moderation.ModerationLog"], counts["moderation.Strike"]) == (1, 1)
    assert ModerationTask.objects.get().result["action"] == "KICK"


def test_a_message_that_cannot_be_taken_says_why(client):
    sent(client, "hello", message_id="m1")
    body = {"content": "hi", "user_id": "another", "chat_id": "c", "message_id": "m1"}
    task = post(client, "messages", body).json()
    tasks.run_pending()
    told = client.get(f"/api/tasks/{task['task_id']}").json()
    assert (told["state"], told["status"]) == ("FAILURE", "failed")
    assert "belongs to another author" in told["error"]


def test_a_message_that_always_fails_hinders_no_other(client, monkeypatch):
    first = post(client, "messages", {"content": "bad", "user_id": "u", "chat_id": "c"}).json()
    moderate = tasks.pipeline.moderate
    monkeypatch.setattr(
        "moderation.tasks.pipeline.moderate",
        lambda message: 1 / 0 if message.content == "bad" else moderate(message),
    )
    second = post(client, "messages", {"content": "good", "user_id": "u", "chat_id": "c"}).json()
    for _ in range(3):
        tasks.run_pending()
    states = dict(ModerationTask.objects.values_list("message_id", "state"))
    assert states == {first["message_id"]: "FAILURE", second["message_id"]: "SUCCESS"}
