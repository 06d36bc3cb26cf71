"""POST /api/moderate and AutoModerate's reads (docs/legacy.md)."""

import pytest
from django.test import Client
from django.utils import timezone

from moderation import rules
from moderation.events.event import Cause
from moderation.models import Author, Ban, ModerationLog, Strike
from moderation.pipeline.legacy_actions import confidence_in_status
from moderation.rules.active import policy_of
from moderation.sanctions.author_lock import lock_author
from moderation.sanctions.bans import ban_author
from tests.messages import BLOCKED, row_counts
from tests.messages import key as make_key
from tests.messages import project as make_project


def door(key):
    return Client(headers={"X-API-Key": key} if key else {})


def post(client, path, body, **headers):
    return client.post(f"/api/{path}", body, content_type="application/json", headers=headers)


@pytest.fixture
def client(key):
    return door(key)


def moderated(client, content, **fields):
    response = post(client, "moderate", {"content": content, **fields})
    assert response.status_code == 200, response.content
    return response.json()


CASES = [
    ("Hello world", True, None, False, "approved"),
    ("This is damn good", False, "WARNING", False, "flagged"),
    ("Shut up idiot", False, "WARNING", True, "flagged"),
    ("john@example.com", False, "WARNING", True, "flagged"),
    ("blockword", False, "KICK", False, "rejected"),
    ("I will kill you", False, "BAN", False, "rejected"),
    ("You terrorist scum", False, "BAN", False, "rejected"),
]


@pytest.mark.parametrize(("content", "approved", "action", "flagged", "status"), CASES)
def test_both_kinds_of_client_read_one_answer(client, content, approved, action, flagged, status):
    answer = moderated(client, content, user_id="zed", chat_id="general")
    assert (answer["approved"], answer["action"], answer["flagged"]) == (approved, action, flagged)
    assert (answer["success"], answer["status"]) == (True, status)
    (result,) = answer["moderation_results"]
    assert set(result) >= {
        "decision", "confidence", "reason", "moderator_type", "rule_name", "processing_time",
    }  # fmt: skip
    assert (result["decision"], 0 <= result["confidence"] <= 1) == (status, True)
    assert bool(answer["reason"]) is not approved
    stored = ModerationLog.objects.get(pk=answer["content_id"])
    assert (stored.message_id, stored.user_id) == (answer["message_id"], "zed")


CONFIDENCES = [
    ("Hello world", 1.0),
    ("Shut up idiot", 0.85),
    ("john@example.com", 1.0),
    ("My number is 536-90-4399", 1.0),
    ("zebra", 1.0),
    ("blockword", 0.95),
]


@pytest.mark.parametrize(("content", "confidence"), CONFIDENCES)
def test_confidence_agrees_with_the_verdict(client, arena, content, confidence):
    rule = {"name": "no zebras", "type": "keyword", "action": "reject"}
    rule["config"] = {"keywords": ["zebra"]}
    rules.create_rule(arena, "tests", rule)
    (result,) = moderated(client, content)["moderation_results"]
    assert result["confidence"] == pytest.approx(confidence)


def test_a_person_is_certain_and_the_engine_at_least_half_sure():
    log = ModerationLog(status="flagged", verdict="flag", score=0.0092, moderator_type="ai")
    assert confidence_in_status(log) == 0.5
    log.moderator_type = "manual"
    assert confidence_in_status(log) == 1.0


def test_content_that_a_moderator_rejected_is_not_approved_when_sent_again(client):
    body = {"message_id": "m1", "user_id": "zed"}
    first = moderated(client, "Hello world", **body)
    fields = {"status": "rejected", "is_approved": False}
    ModerationLog.objects.filter(pk=first["content_id"]).update(**fields)
    again = moderated(client, "Hello world", **body)
    assert (again["approved"], again["action"]) == (False, "WARNING")
    assert again["reason"] == "Rejected by a moderator"


def test_personal_data_is_named_by_the_older_word(client):
    answer = moderated(client, "john@example.com")
    assert answer["reason"] == "Personal information detected: EMAIL"


@pytest.mark.parametrize(
    ("fields", "author", "channel"),
    [
        ({}, "anonymous", "default"), ({"user_id": None, "chat_id": None}, "anonymous", "default"),
        ({"type": "text", "metadata": {"user_id": "u1", "a": 1}}, "u1", "default"),
        ({"user_id": 12, "chat_id": 7}, "12", "7"),
    ],
)  # fmt: skip
def test_author_and_chat_may_be_left_out(client, fields, author, channel):
    answer = moderated(client, "Hello world", **fields)
    stored = ModerationLog.objects.get(pk=answer["content_id"])
    assert (stored.user_id, stored.channel_id) == (author, channel)
    assert stored.metadata == fields.get("metadata", {})


def test_it_counts_as_a_violation_but_never_punishes(client):
    for _ in range(8):
        moderated(client, BLOCKED, user_id="zed", chat_id="general")
    assert ModerationLog.objects.filter(is_violation=True).count() == 8
    assert (Strike.objects.count(), Ban.objects.count()) == (0, 0)


def test_the_nameless_have_no_history(client):
    actions = [moderated(client, "This is damn good")["action"] for _ in range(5)]
    assert actions == ["WARNING"] * 5
    named = [moderated(client, f"damn {n}", user_id="zed")["action"] for n in range(4)]
    assert named == ["WARNING", "WARNING", "WARNING", "KICK"]


def test_a_banned_author_is_told_so(arena, client):
    lock_author(Author(arena, "zed", "general"), policy_of(arena))
    ban_author(
        Author(arena, "zed", "general"), Cause("tests", "spam"), length=None, now=timezone.now()
    )
    answer = moderated(client, "Hello world", user_id="zed", chat_id="general")
    assert (answer["approved"], answer["action"]) == (False, "BAN")
    assert (answer["reason"], answer["status"]) == ("User is banned", "rejected")


WRONG = [
    {}, {"content": ""}, {"content": 5}, {"content": "a\0"}, {"content": "x" * 10_001},
    {"content": "a", "type": "image"}, {"content": "a", "metadata": []},
    {"content": "a", "metadata": {"user_id": ["u"]}}, {"content": "a", "user_id": "x" * 201},
    {"content": "a", "user_id": True}, {"content": "a", "chat_id": {}}, [],
]  # fmt: skip


@pytest.mark.parametrize("body", WRONG, ids=range(len(WRONG)))
def test_a_wrong_body_is_422_in_words_that_each_client_reads(client, body):
    before = row_counts()
    response = post(client, "moderate", body)
    told = response.json()
    assert (response.status_code, told["success"]) == (422, False)
    assert told["error"] == told["detail"] != ""
    assert row_counts() == before


@pytest.mark.parametrize("path", ["moderate-with-strikes", "messages"])
@pytest.mark.parametrize("wrong", [{"content": 5}, {"chat_id": None}, {"user_id": ""}], ids=str)
def test_calls_with_consequences_need_author_and_chat(client, path, wrong):
    body = {"content": "hello", "user_id": "u", "chat_id": "c", **wrong}
    response = post(client, path, body)
    (name,) = wrong
    fields = {row["field"] for row in response.json()["errors"]}
    assert response.status_code == 422
    assert fields <= {name, "channel_id"}


def test_callers_who_may_not(arena):
    for path in ("moderate", "moderate-with-strikes", "messages"):
        assert post(door(None), path, {"content": "a"}).status_code == 401
        assert post(door(make_key(arena, "read")), path, {"content": "a"}).status_code == 403
    for path in ("content", "stats", f"content/{'0' * 32}"):
        assert door(make_key(arena, "check")).get(f"/api/{path}").status_code == 403
    assert Client().get("/api/health").json()["status"] == "healthy"


# --- AutoModerate's reads


def test_content_is_read_back_by_its_project_alone(arena, client):
    answer = moderated(client, "Shut up idiot", metadata={"user_id": "u1"})
    content = client.get(f"/api/content/{answer['content_id']}").json()["content"]
    assert (content["id"], content["project_id"]) == (answer["content_id"], arena.slug)
    assert (content["content_data"], content["meta_data"]) == ("Shut up idiot", {"user_id": "u1"})
    assert content["moderation_results"] == answer["moderation_results"]
    stranger = door(make_key(make_project("valley"), "read"))
    for path in (answer["content_id"], "0" * 32, "no-uuid"):
        response = stranger.get(f"/api/content/{path}")
        assert (response.status_code, response.json()["error"]) == (404, "Content not found")


def test_a_warning_has_one_status_wherever_it_is_read(client):
    content_id = moderated(client, "This is damn good")["content_id"]
    read = client.get(f"/api/content/{content_id}").json()["content"]["status"]
    listed = {
        status: [row["id"] for row in client.get(f"/api/content?status={status}").json()["content"]]
        for status in ("approved", "flagged", "rejected")
    }
    assert (read, listed) == ("flagged", {"approved": [], "flagged": [content_id], "rejected": []})
    fields = {"moderator_type": "manual", "status": "approved"}
    ModerationLog.objects.filter(pk=content_id).update(**fields)
    assert client.get("/api/content?status=approved").json()["total"] == 1


def test_content_is_listed_newest_first_in_windows(client):
    ids = [moderated(client, f"hello {n}")["content_id"] for n in range(5)][::-1]
    moderated(client, BLOCKED)

    def listed(query):
        page = client.get(f"/api/content?status=approved&{query}").json()
        return [row["id"] for row in page["content"]], page["pagination"]["has_next"], page["total"]

    assert listed("limit=2&offset=1") == (ids[1:3], True, 5)
    assert listed("page=3&per_page=2") == (ids[4:], False, 5)
    assert client.get("/api/content?limit=0").status_code == 422
    assert client.get("/api/content?status=lost").status_code == 422


def test_stats_have_automoderates_fields(client):
    stats = client.get("/api/stats").json()["stats"]
    assert set(stats) >= {
        "total_content", "approved", "rejected", "flagged", "pending", "approval_rate",
    }  # fmt: skip
