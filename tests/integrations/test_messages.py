"""POST /api/messages, answered at once or through GET /api/tasks (docs/legacy.md)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from moderation.accounts.chat_tokens import issue_chat_token
from moderation.delivery.relay import run_once
from moderation.models import ModerationLog, ModerationTask, Strike
from moderation.pipeline import tasks
from tests.integrations.test_moderate import door, post
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


@pytest.fixture
def chatting(arena):
    """Return a client that sends a chat token of lea in #lobby instead of a key."""
    token, _ = issue_chat_token(arena, "lea", "lobby", "Lea", timezone.now())
    return Client(headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("named", [{}, {"channel_id": "lobby"}, {"user_id": "lea"}])
def test_a_chat_token_names_author_and_channel(chatting, named):
    answer = post(chatting, "messages", {"content": "Hello world", **named})
    assert answer.status_code == 201
    sent_by = {name: answer.json()[name] for name in ("user_id", "channel_id", "author")}
    assert sent_by == {"user_id": "lea", "channel_id": "lobby", "author": "Lea"}
    assert ModerationLog.objects.get().user_id == "lea"


@pytest.mark.parametrize("named", [{"channel_id": "garden"}, {"user_id": "ana"}, {"chat_id": "x"}])
def test_a_chat_token_speaks_for_nobody_else(chatting, named):
    answer = post(chatting, "messages", {"content": "Hello world", **named})
    assert (answer.status_code, ModerationLog.objects.count()) == (403, 0)


def test_a_chat_token_may_wait_for_its_answer_later(chatting):
    body = {"content": "Hello world", "chat_id": "lobby"}
    assert post(chatting, "messages", body).status_code == 202


@pytest.mark.parametrize("path", ["moderate", "v1/moderation/check", "content", "v1/reviews"])
def test_a_chat_token_opens_nothing_else(chatting, path):
    method = chatting.get if path in {"content", "v1/reviews"} else chatting.post
    assert method(f"/api/{path}").status_code == 401


def test_an_expired_chat_token_is_401(arena):
    token, _ = issue_chat_token(arena, "lea", "lobby", "", timezone.now() - timedelta(hours=2))
    late = Client(headers={"Authorization": f"Bearer {token}"})
    assert post(late, "messages", {"content": "Hello world"}).status_code == 401


def test_without_a_token_the_author_is_required(client):
    answer = post(client, "messages", {"content": "Hello world", "channel_id": "lobby"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "user_id"


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
    unknown = client.get("/api/tasks/no-uuid")
    assert (unknown.status_code, unknown.json()["error"]) == (404, "Task not found")


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
    moderate = tasks.moderate
    monkeypatch.setattr(
        "moderation.pipeline.tasks.moderate",
        lambda message: 1 / 0 if message.content == "bad" else moderate(message),
    )
    second = post(client, "messages", {"content": "good", "user_id": "u", "chat_id": "c"}).json()
    for _ in range(3):
        tasks.run_pending()
    states = dict(ModerationTask.objects.values_list("message_id", "state"))
    assert states == {first["message_id"]: "FAILURE", second["message_id"]: "SUCCESS"}
