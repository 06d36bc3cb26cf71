"""OpenAI's moderation endpoint (docs/legacy.md)."""

import pytest
from django.test import Client

from moderation import rules
from tests.messages import key as make_key
from tests.messages import row_counts

CATEGORIES = {
    "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit",
    "illicit/violent", "self-harm", "self-harm/intent", "self-harm/instructions", "sexual",
    "sexual/minors", "violence", "violence/graphic",
}  # fmt: skip
#: Nothing here judges these.
NOT_JUDGED = {
    "illicit", "illicit/violent", "sexual/minors", "violence/graphic",
}  # fmt: skip
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}


def call(body, key, **headers):
    named = {"Authorization": f"Bearer {key}"} if key else {}
    return Client().post(
        "/v1/moderations", body, content_type="application/json", headers={**named, **headers}
    )


@pytest.fixture
def moderated(key):
    def moderate(given, **fields):
        response = call({"input": given, **fields}, key)
        assert response.status_code == 200, response.content
        return response.json()

    return moderate


def test_a_result_has_all_thirteen_categories(moderated):
    answer = moderated("Shut up idiot", model="omni-moderation-latest")
    (result,) = answer["results"]
    assert set(answer) == {"id", "model", "results"}
    assert set(result["categories"]) == set(result["category_scores"]) == CATEGORIES
    assert (result["flagged"], result["categories"]["harassment"]) == (True, True)
    unjudged = {name for name, how in result["category_applied_input_types"].items() if not how}
    assert unjudged == NOT_JUDGED
    assert {result["category_scores"][name] for name in NOT_JUDGED} == {0.0}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Hello world", None), ("", None), ("damn", None), ("john@example.com", None),
        ("I will kill you", "harassment/threatening"), ("I will kill you", "violence"),
        ("You terrorist scum", "hate"), ("kill yourself", "self-harm"),
        ("listedother", "harassment"),
    ],
)  # fmt: skip
def test_categories_follow_the_policys_threshold_for_a_flag(arena, moderated, text, category):
    word = {"word": "listedother", "language": "*", "category": "other", "severity": "medium"}
    rules.add_word(arena, "tests", word)
    (result,) = moderated(text)["results"]
    held = {name for name, is_held in result["categories"].items() if is_held}
    assert (category in held) if category else not held
    assert result["flagged"] is bool(category)


@pytest.mark.parametrize(
    ("text", "is_threat"),
    [
        ("kill all jews", True), ("gas the jews", True), ("muerte a los moros", True),
        ("sab kafiron ko maar do", True), ("You terrorist scum", False),
        ("I hate all jews", False), ("eres un maricón", False),
    ],
)  # fmt: skip
def test_hate_that_calls_for_violence_is_threatening(moderated, text, is_threat):
    (result,) = moderated(text)["results"]
    assert result["categories"]["hate"]
    assert result["categories"]["hate/threatening"] is result["categories"]["violence"] is is_threat


def test_each_text_has_its_result_and_parts_share_one(moderated):
    texts = moderated(["Hello world", "Shut up idiot"])["results"]
    assert [result["flagged"] for result in texts] == [False, True]
    parts = [{"type": "text", "text": "Hello"}, {"type": "text", "text": "Shut up idiot"}]
    assert [result["flagged"] for result in moderated(parts)["results"]] == [True]


@pytest.mark.parametrize("parts", [[IMAGE], [IMAGE, {"type": "text", "text": ""}]])
def test_an_image_alone_is_not_judged_and_a_header_says_so(key, settings, parts):
    settings.TOXICITY_MODEL = "bundled"
    response = call({"input": parts, "model": "omni-moderation-latest"}, key)
    (result,) = response.json()["results"]
    assert (response.status_code, response.headers["X-Degraded"]) == (200, "image")
    assert (result["flagged"], {*result["category_scores"].values()}) == (False, {0.0})
    assert not any(result["category_applied_input_types"].values())


def test_an_image_beside_a_text_leaves_the_texts_verdict(key):
    response = call({"input": [{"type": "text", "text": "Shut up idiot"}, IMAGE]}, key)
    (result,) = response.json()["results"]
    assert (result["flagged"], response.headers["X-Degraded"]) == (True, "image")
    assert result["category_applied_input_types"]["harassment"] == ["text"]
    assert "X-Degraded" not in call({"input": "Hello"}, key).headers


@pytest.mark.parametrize("kind", ["", "text/plain"])
def test_json_is_read_whatever_the_content_type_says(key, kind):
    response = Client().generic(
        "POST", "/v1/moderations", b'{"input": "Shut up idiot"}', content_type=kind,
        headers={"Authorization": f"Bearer {key}"},
    )  # fmt: skip
    assert response.json()["results"][0]["flagged"] is True


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/v1", "/v1/models", "/v1/chat/completions"])
def test_an_unknown_address_is_404_for_every_method(db, method, path):
    response = Client(enforce_csrf_checks=True).generic(method, path, b"{}")
    assert (response.status_code, response.json()["error"]["type"]) == (
        404, "invalid_request_error",
    )  # fmt: skip


def test_nothing_is_stored_and_the_engine_is_named(key, settings):
    before = row_counts()
    response = call({"input": ["I will kill you"] * 3}, key)
    assert response.headers["X-Gavel-Engine"] == settings.ENGINE_VERSION
    assert row_counts() == before


WRONG = [
    ({}, "input"), ({"input": None}, "input"), ({"input": []}, "input"), ({"input": 5}, "input"),
    ({"input": ["a", 5]}, "input[1]"), ({"input": ["x" * 10_001]}, "input[0]"),
    ({"input": ["a"] * 101}, "input"), ({"input": [{"type": "text", "text": 5}]}, "input"),
    ({"input": [{"type": "audio", "audio": "a"}]}, "input"), ({"input": [{}]}, "input"),
    ({"input": [IMAGE, "a"]}, "input[0]"),
    ({"input": "a\0"}, "input"), ([], "input"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "param"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_request_is_400_in_openais_envelope(key, body, param):
    response = call(body, key)
    error = response.json()["error"]
    assert (response.status_code, error["type"]) == (400, "invalid_request_error")
    assert (error["param"], bool(error["message"]), error["code"]) == (param, True, None)


def test_callers_who_may_not_are_told_in_openais_envelope(arena, settings, still_clock):
    assert call({"input": "a"}, "").json()["error"]["code"] == "invalid_api_key"
    assert call({"input": "a"}, make_key(arena, "read")).status_code == 403
    settings.OPEN_PROJECT = arena.slug
    assert call({"input": "a"}, "").status_code == 200
    assert call({"input": "a"}, "sk-wrong").status_code == 401
    limited = make_key(arena, "check", rate_per_minute=1)
    call({"input": "a"}, limited)
    response = call({"input": "a"}, limited)
    assert (response.status_code, response.json()["error"]["code"]) == (429, "rate_limit_exceeded")


def test_unknown_addresses_and_bad_json_have_the_envelope_too(db, key):
    assert Client().get("/v1/models").json()["error"]["type"] == "invalid_request_error"
    assert call("{", key).json()["error"]["type"] == "invalid_request_error"
