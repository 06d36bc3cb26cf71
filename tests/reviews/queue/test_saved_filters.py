"""Saved filters and chat tokens over HTTP."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.accounts.chat_tokens import ChatPass, issue_chat_token, read_chat_token
from reviews.models import SavedFilter
from tests.api.clients import Api
from tests.factories import make_project, sign_in
from tests.messages import key

pytestmark = pytest.mark.django_db
HIGH = {"name": "High", "filters": {"lane": "held", "severity": "high"}}


@pytest.fixture
def arena():
    return make_project()


def member(project, role="viewer"):
    return Api(client=sign_in(project, role))


def test_a_filter_is_saved_changed_and_deleted(arena):
    noor = member(arena)
    made = noor.post("saved-filters", HIGH)
    saved = made.json()
    assert made.status_code == 201
    assert saved["filters"] == HIGH["filters"]
    assert saved["query"] == "lane=held&severity=high"
    assert (saved["is_own"], saved["is_shared"]) == (True, False)
    address = f"saved-filters/{saved['id']}"
    assert noor.call("PATCH", address, {"name": "Mine"}).json()["name"] == "Mine"
    assert [row["name"] for row in noor.get("saved-filters").json()["results"]] == ["Mine"]
    assert noor.call("DELETE", address).status_code == 200
    assert noor.get("saved-filters").json()["results"] == []


def test_others_see_what_is_shared_and_only_admins_change_it(arena):
    noor, omar = member(arena), member(arena, "moderator")
    address = f"saved-filters/{noor.post('saved-filters', HIGH).json()['id']}"
    assert omar.get("saved-filters").json()["results"] == []
    assert omar.call("PATCH", address, {"name": "x"}).status_code == 404
    noor.call("PATCH", address, {"is_shared": True})
    assert [row["is_own"] for row in omar.get("saved-filters").json()["results"]] == [False]
    assert omar.call("DELETE", address).status_code == 403
    assert member(make_project("den"), "owner").call("DELETE", address).status_code == 404
    assert member(arena, "admin").call("DELETE", address).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""}, {"name": " "}, {"name": "x" * 81}, {"filters": {"no_such": "x"}},
        {"filters": {"severity": "nonsense"}}, {"filters": {"lane": "nowhere"}},
        {"filters": {"severity": 5}}, {"filters": []}, {"filters": {"text": "a\0b"}},
    ],
    ids=str,
)  # fmt: skip
def test_senseless_filters_are_422(arena, changed):
    assert member(arena).post("saved-filters", {**HIGH, **changed}).status_code == 422


def test_a_name_is_taken_once_by_each(arena):
    noor, omar = member(arena), member(arena)
    answers = [noor.post("saved-filters", HIGH), noor.post("saved-filters", HIGH)]
    answers.append(omar.post("saved-filters", HIGH))
    assert [answer.status_code for answer in answers] == [201, 409, 201]


def test_a_view_of_the_queue_is_saved_shown_and_forgotten(arena):
    page = sign_in(arena, "moderator")
    query = "lane=held&severity=high"
    asked = {"name": "<b>High", "query": query, "is_shared": "on"}
    saved = page.post("/p/arena/queue/saved", asked)
    assert saved["Location"] == f"/p/arena/queue?{query}"
    text = sign_in(arena, "viewer").get("/p/arena/queue").content.decode()
    assert "&lt;b&gt;High" in text
    assert 'href="/p/arena/queue?lane=held&amp;severity=high"' in text
    row = SavedFilter.objects.get()
    forget = f"/p/arena/queue/saved/{row.pk}/forget"
    assert sign_in(arena, "viewer").post(forget, follow=True).status_code == 200
    assert sign_in(arena, None).post(forget).status_code == 404
    assert SavedFilter.objects.exists()
    page.post(forget)
    assert not SavedFilter.objects.exists()
    refused = page.post("/p/arena/queue/saved", {"name": "x", "query": "severity=no"}, follow=True)
    assert "unknown filters or values" in refused.content.decode()


# --- Chat tokens


def test_a_chat_token_says_who_may_speak_where(arena):
    asked = {"user_id": "zed", "channel_id": "общий", "username": "Zed"}
    answer = Api(key(arena, "check")).post("chat-tokens", asked)
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    told = read_chat_token(answer.json()["token"], timezone.now())
    assert told == ChatPass("arena", "zed", "общий", "Zed")


def test_a_chat_token_ends_after_an_hour_and_cannot_be_altered(arena):
    now = timezone.now()
    token, ends_at = issue_chat_token(arena, "zed", "general", "", now)
    assert ends_at - now == timedelta(hours=1)
    assert read_chat_token(token, now + timedelta(minutes=59))
    assert read_chat_token(token, now + timedelta(minutes=61)) is None
    assert [read_chat_token(text, now) for text in (token[:-1], f"x{token}", "", "\0")] == [
        None
    ] * 4


@pytest.mark.parametrize("changed", [{"user_id": ""}, {"channel_id": None}, {"username": 5}])
def test_senseless_chat_tokens_are_422(arena, changed):
    asked = {"user_id": "zed", "channel_id": "general", **changed}
    assert Api(key(arena, "check")).post("chat-tokens", asked).status_code == 422
