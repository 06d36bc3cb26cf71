"""The Python client against a real server, and the package as pip installs it."""

import json

import httpx
import pytest

from gavel_client import ApiError, Gavel, Message
from tests import messages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gavel(live_server):
    arena = messages.project()
    messages.words(arena)
    with Gavel(live_server.url, messages.key(arena, "check", "admin")) as client:
        yield client


def test_a_message_from_check_to_undo(gavel):
    check = gavel.check(Message("flagword", "ana", "general", "m1"))
    assert (check.verdict, check.matches[0].text, check.project_id) == ("flag", "flagword", "arena")
    assert gavel.check(Message("flagword", "ana", "general", "m1")).duplicate
    with pytest.raises(ApiError) as caught:
        gavel.check(Message("flagword", "ben", "general", "m1"))
    assert caught.value.status == 409
    (review,) = gavel.reviews(status="open")
    assert review.id == check.review_id
    assert gavel.next_review().id == review.id
    assert gavel.decide(review.id, "reject", note="rude").status == "decided"
    assert gavel.undo(review.id).status == "open"
    assert gavel.review(review.id).status == "open"


def test_the_other_calls_are_the_servers(gavel):
    assert gavel.health()["dependencies"]["database"] == "connected"
    assert gavel.analyze("blockword").verdict == "block"
    good, bad = gavel.check_batch([Message("Hi", "ana", "c"), Message("", "ana", "c")])
    assert (good.verdict, bad.error["status"]) == ("allow", 422)
    gavel.ban("a/b?", None, hours=2, reason="spam")
    assert gavel.author_status("a/b?", "c").is_banned
    gavel.unban("a/b?", None)
    assert not gavel.author_status("a/b?", "c").is_banned
    assert gavel.chat_token("ana", "c").count(":") >= 1
    assert gavel.report(good.message_id, "eve", "spam")["id"]
    assert list(gavel.events()) == []


@pytest.mark.parametrize("changed", [{"content": "a\ud800"}, {"metadata": {"x": ["a\ud800"]}}])
def test_a_lone_surrogate_is_refused_in_the_servers_words(gavel, changed):
    message = Message(**{"content": "a", "user_id": "ana", "channel_id": "c", **changed})
    with pytest.raises(ApiError) as caught:
        gavel.check(message)
    answer = httpx.post(
        f"{gavel._http.base_url}moderation/check",
        content=json.dumps(message.body),
        headers={**gavel._http.headers, "Content-Type": "application/json"},
    )
    assert answer.json() == caught.value.problem
