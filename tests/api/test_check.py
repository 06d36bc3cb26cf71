"""POST moderation/check: its answers, field by field (docs/api.md)."""

import json
from uuid import UUID

import pytest
from django.conf import settings

from moderation.models import ModerationLog
from reviews.models import ReviewItem
from tests.api.clients import Api, message
from tests.messages import BLOCKED, key, project, row_counts

EXAMPLE = "Eres un idiota"
MATCH = {
    "start": 8, "end": 14, "text": "idiota", "category": "harassment", "source": "lexicon",
    "score": 0.75, "rule_id": None,
}  # fmt: skip
BALANCED_ANSWER = {
    "is_approved": True, "action": "flagged", "severity": "medium", "toxicity_score": 0.75,
    "strike_count": 0, "message": "Tu mensaje espera revisión.", "detected_words": ["idiota"],
    "language": "es", "ban_info": None, "message_id": "m1", "project_id": "arena",
    "status": "flagged", "verdict": "flag", "stage": "rules", "reasons": ["harassment"],
    "categories": {"toxicity": 0.75, "insult": 0.75}, "matches": [MATCH], "pii": [],
    "policy_version": 1, "engine_version": settings.ENGINE_VERSION,
    "duplicate": False, "degraded": [],
    "appeal_url": None, "statement_url": None,
}  # fmt: skip
STRICT_ANSWER = {
    "is_approved": False, "action": "warning", "strike_count": 2, "severity": "medium",
    "message": "Advertencia. Strike 2/3", "status": "flagged", "verdict": "flag",
}  # fmt: skip
NEW = ("content_id", "review_id", "processing_time")
LINKS = ("appeal_url", "statement_url")


def test_balanced_example_of_the_contract(api):
    answer = api.check(EXAMPLE, message_id="m1")
    assert {name: answer[name] for name in answer if name not in NEW} == BALANCED_ANSWER
    assert UUID(answer["content_id"]) != UUID(answer["review_id"])
    assert answer["processing_time"] > 0


def test_strict_example_of_the_contract(db):
    strict = Api(key(project(preset="strict"), "check"))
    strict.check(EXAMPLE)
    answer = strict.check(EXAMPLE)
    assert {name: answer[name] for name in STRICT_ANSWER} == STRICT_ANSWER


def test_content_id_and_review_id_are_the_stored_ones(api):
    answer = api.check("flagword")
    assert str(ReviewItem.objects.get().pk) == answer["review_id"]
    assert str(ModerationLog.objects.get().pk) == answer["content_id"]


def test_optional_fields_are_stored(api):
    fields = {"username": "Zed", "reply_to": "m0", "metadata": {"source": "app"}}
    answer = api.check("Hello world", content_type="text", **fields)
    log = ModerationLog.objects.get(pk=answer["content_id"])
    assert {name: getattr(log, name) for name in fields} == fields


def test_optional_fields_may_be_null(api):
    fields = dict.fromkeys(["username", "reply_to", "metadata", "language"])
    assert api.check("Hello world", **fields)["status"] == "approved"


def test_metadata_may_have_16_kib_however_it_is_spaced(api):
    numbers = [1] * 8_000
    metadata = {"n": numbers, "a": ""}
    room = 16 * 1024 - len(json.dumps(metadata, separators=(",", ":")))
    metadata["a"] = "x" * room
    assert api.check("Hello world", metadata=metadata)["status"] == "approved"
    metadata["a"] += "x"
    assert (
        api.post("moderation/check", message("Hello world", metadata=metadata)).status_code == 422
    )


def test_content_is_stored_exactly_as_sent(api):
    answer = api.check("  Hello \n world\t ")
    assert ModerationLog.objects.get(pk=answer["content_id"]).content == "  Hello \n world\t "


def test_offsets_count_code_points_of_the_content_as_sent(api):
    match = api.check("\U0001f600 f\u200blagword")["matches"][0]
    assert (match["start"], match["end"], match["text"]) == (2, 11, "f\u200blagword")


def test_personal_data_is_named_with_its_place(api):
    found = api.check("Contact me at john@example.com")["pii"]
    assert found == [{"type": "EMAIL", "start": 14, "end": 30, "text": "john@example.com"}]


def test_a_ban_is_told_in_the_answer(api):
    for _ in range(3):
        answer = api.check(BLOCKED)
    info = answer["ban_info"]
    assert (answer["action"], info["type"], info["channel_id"]) == (
        "temp_ban",
        "temporary",
        "general",
    )
    assert answer["message"] == f"You are banned until {info['expires_at']}."


@pytest.mark.parametrize("times", [1, 2])
def test_a_message_sent_again_is_answered_as_before(api, times):
    first = api.check(BLOCKED, message_id="m1")
    again = [api.check(BLOCKED, message_id="m1") for _ in range(times)][-1]
    assert again == {**first, "duplicate": True}


@pytest.mark.parametrize("field", ["user_id", "channel_id"])
def test_a_message_id_of_another_author_or_channel_is_refused(api, field):
    api.check(message_id="m1")
    before = row_counts()
    refused = api.try_check(message_id="m1", **{field: "other"})
    assert (refused.status_code, refused.json()["type"]) == (
        409, "urn:gavel:problem:message_id_taken",
    )  # fmt: skip
    assert row_counts() == before


def test_another_project_may_use_the_same_message_id(api):
    api.check(message_id="m1")
    valley = Api(key(project("valley"), "check"))
    assert valley.check(message_id="m1", user_id="other")["duplicate"] is False


@pytest.mark.parametrize("content", ["Hello world", "flagword", BLOCKED])
def test_dry_run_stores_nothing(api, content):
    before = row_counts()
    api.check(content, dry_run=True)
    assert row_counts() == before


def test_dry_run_tells_what_would_happen(api):
    rehearsed = api.check(BLOCKED, message_id="m1", dry_run=True)
    real = api.check(BLOCKED, message_id="m1")
    same = [name for name in real if name not in (*NEW, *LINKS)]
    assert {name: rehearsed[name] for name in same} == {name: real[name] for name in same}
    assert (rehearsed["content_id"], rehearsed["review_id"]) == (None, None)


def test_a_second_dry_run_is_no_duplicate(api):
    answers = [api.check("Hello world", message_id="m1", dry_run=True) for _ in range(2)]
    assert answers[1]["duplicate"] is False


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("Eres un idiota", "Tu mensaje espera revisión."),
        ("Chup kar bewakoof", "Aap ka paigham jaiza ka muntazir hai."),
        ("You loser, go away from here", "Your message awaits review."),
    ],
)
def test_the_sentence_is_in_the_contents_language(api, content, sentence):
    response = api.post("moderation/check", message(content), **{"Accept-Language": "fr"})
    assert response.json()["message"] == sentence


@pytest.mark.parametrize(
    ("accepts", "sentence"),
    [
        ("es-MX,en;q=0.5", "Tu mensaje espera revisión."),
        ("fr,ur-Latn", "Aap ka paigham jaiza ka muntazir hai."),
        ("fr", "Your message awaits review."),
        ("", "Your message awaits review."),
    ],
)
def test_for_other_content_the_sentence_follows_accept_language(api, accepts, sentence):
    body = message("Ein flagword", language="de")
    response = api.post("moderation/check", body, **{"Accept-Language": accepts})
    assert response.json()["message"] == sentence


def test_batch_answers_in_order_with_an_error_for_each_that_is_wrong(api):
    api.check(message_id="taken")
    wrong = {**message(message_id="long"), "content": "x" * 10_001}
    taken = message(message_id="taken", user_id="other")
    messages = [message("flagword", message_id="one"), wrong, "text", taken, message("Hi there")]
    results = api.post("moderation/check/batch", {"messages": messages}).json()["results"]
    assert [result.get("message_id") for result in results][:4] == ["one", "long", None, "taken"]
    assert [result["error"]["status"] for result in results[1:4]] == [422, 422, 409]
    assert [results[0]["status"], results[4]["status"]] == ["flagged", "approved"]


def test_a_wrong_message_of_a_batch_hinders_none_of_the_others(api):
    body = {"messages": [message("Hi there"), {}, message("Hello you")]}
    api.post("moderation/check/batch", body)
    assert ModerationLog.objects.count() == 2


def test_a_batch_repeats_nothing_that_it_stored(api):
    one = message(BLOCKED)
    results = api.post("moderation/check/batch", {"messages": [one, one]}).json()["results"]
    assert [result["duplicate"] for result in results] == [False, True]


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_holds_1_to_100_messages(api, count):
    body = {"messages": [message() for _ in range(count)]}
    assert api.post("moderation/check/batch", body).status_code == 422


def test_a_batch_holds_a_million_characters(api):
    # Also what is too long for a message counts: it was sent.
    body = {"messages": [message("x" * 20_000) for _ in range(51)]}
    response = api.post("moderation/check/batch", body)
    assert response.status_code == 422
    assert "1,000,000 characters" in response.json()["detail"]


def test_a_batch_of_100_long_messages_is_answered(api):
    messages = [message("word " * 2000) for _ in range(100)]
    results = api.post("moderation/check/batch", {"messages": messages}).json()["results"]
    assert len(results) == 100


@pytest.mark.parametrize("content_type", ["image", "file", ""])
def test_only_text_is_moderated(api, content_type):
    assert api.try_check(content_type=content_type).status_code == 422
