"""Azure AI Content Safety's endpoint (docs/moving-from-azure.md)."""

import pytest
from django.test import Client

from moderation import rules
from moderation.integrations.compat.azure_content_safety import severity
from tests.messages import key as make_key
from tests.messages import row_counts

ADDRESS = "/contentsafety/text:analyze?api-version=2024-09-01"


def call(body, key, **headers):
    named = {"Ocp-Apim-Subscription-Key": key} if key else {}
    return Client().post(
        ADDRESS, body, content_type="application/json", headers={**named, **headers}
    )


@pytest.fixture
def severities(key):
    def analyze(text, **fields):
        response = call({"text": text, **fields}, key)
        assert response.status_code == 200, response.content
        found = response.json()["categoriesAnalysis"]
        return {one["category"]: one["severity"] for one in found}

    return analyze


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Hello world", None), ("", None), ("This is damn good", None), ("john@example.com", None),
        ("You terrorist scum", "Hate"), ("Shut up idiot", "Hate"), ("fuck you", "Hate"),
        ("I will kill you", "Violence"), ("kill yourself", "SelfHarm"),
        ("suck my dick", "Sexual"),
    ],
)  # fmt: skip
def test_what_the_engine_holds_has_a_severity_from_2_on(severities, text, category):
    found = severities(text)
    assert list(found) == ["Hate", "SelfHarm", "Sexual", "Violence"]
    held = {name for name, level in found.items() if level >= 2}
    assert (category in held) if category else not held


@pytest.mark.parametrize(
    ("score", "level"), [(0, 0), (0.49, 1), (0.5, 2), (0.6, 2), (0.75, 4), (0.9, 6), (1, 7)]
)
def test_a_word_of_each_severity_has_a_level_of_its_own(score, level):
    assert severity(score) == level


def test_four_levels_are_even_and_eight_are_not(severities):
    text = "I will kill you, you terrorist scum"
    eight = severities(text, outputType="EightSeverityLevels")
    assert severities(text) == {name: level // 2 * 2 for name, level in eight.items()}


def test_only_the_categories_that_were_asked_for_come(severities):
    assert list(severities("Hello", categories=["Violence", "Hate"])) == ["Hate", "Violence"]


def test_the_projects_words_are_every_blocklist(arena, key):
    word = {"word": "zorble", "language": "*", "category": "other", "severity": "medium"}
    rules.add_word(arena, "tests", word)
    body = {"text": "what a zorble", "blocklistNames": ["mine"]}
    answer = call(body, key).json()
    item = {"blocklistName": "mine", "blocklistItemId": "zorble", "blocklistItemText": "zorble"}
    assert answer["blocklistsMatch"] == [item]
    assert answer["categoriesAnalysis"][0] == {"category": "Hate", "severity": 4}
    assert call({**body, "haltOnBlocklistHit": True}, key).json()["categoriesAnalysis"] == []
    assert call({"text": "what a zorble"}, key).json()["blocklistsMatch"] == []


@pytest.mark.parametrize(("action", "level"), [("approve", 0), ("flag", 2), ("reject", 6)])
def test_a_rule_decides(arena, severities, action, level):
    fields = {"name": action, "type": "keyword", "action": action}
    rules.create_rule(arena, "tests", {**fields, "config": {"keywords": ["zorble"]}})
    assert severities("zorble")["Hate"] == level


def test_nothing_is_stored_and_the_engine_is_named(key, settings):
    before = row_counts()
    response = call({"text": "I will kill you"}, key)
    assert response.headers["X-Gavel-Engine"] == settings.ENGINE_VERSION
    assert row_counts() == before
    assert call({"text": "Dziś jest ładna pogoda."}, key).headers["X-Degraded"] == "language"


WRONG = [
    ([], "body"), ({}, "text"), ({"text": 5}, "text"), ({"text": "x" * 10_001}, "text"),
    ({"text": "a", "categories": ["Spam"]}, "categories"),
    ({"text": "a", "categories": "Hate"}, "categories"),
    ({"text": "a", "categories": [{}]}, "categories"),
    ({"text": "a", "blocklistNames": ["a"] * 101}, "blocklistNames"),
    ({"text": "a", "outputType": "TwoLevels"}, "outputType"),
    ({"text": "a", "outputType": 5}, "outputType"),
    ({"text": "a", "haltOnBlocklistHit": "yes"}, "haltOnBlocklistHit"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "target"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_request_is_400_in_azures_envelope(key, body, target):
    response = call(body, key)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["target"], bool(error["message"])) == (
        400, "InvalidRequestBody", target, True,
    )  # fmt: skip
    assert response.headers["x-ms-error-code"] == "InvalidRequestBody"


def test_callers_who_may_not_are_told_in_azures_envelope(arena, key, still_clock):
    assert [call({"text": "a"}, wrong).json()["error"]["code"] for wrong in ("", "wrong")] == [
        "401", "401",
    ]  # fmt: skip
    assert call({"text": "a"}, make_key(arena, "read")).status_code == 403
    assert call({"text": "a"}, "", **{"X-API-Key": key}).status_code == 200
    limited = make_key(arena, "check", rate_per_minute=1)
    call({"text": "a"}, limited)
    response = call({"text": "a"}, limited)
    assert (response.status_code, response.json()["error"]["code"]) == (429, "TooManyRequests")
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["", "/", "/image:analyze", "/text/blocklists/mine"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_an_unknown_address_is_404_in_azures_envelope(db, path, method):
    client = Client(enforce_csrf_checks=True)
    response = client.generic(method, f"/contentsafety{path}", b"{}")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "NotFound")
