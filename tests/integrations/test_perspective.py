"""Perspective's calls: what is answered, and how each mistake is told (docs/legacy.md)."""

import json

import pytest
from django.test import Client

from moderation.integrations.compat.perspective.attributes import COMPOSITION
from moderation.models import SuggestedScore
from tests.messages import key as make_key
from tests.messages import row_counts

ANALYZE, SUGGEST = "comments:analyze", "comments:suggestscore"
ATTRIBUTES = [
    "TOXICITY", "SEVERE_TOXICITY", "IDENTITY_ATTACK", "INSULT", "PROFANITY", "THREAT",
    "SEXUALLY_EXPLICIT",
]  # fmt: skip
TOXICITY = {"TOXICITY": {}}
TWO_CONTEXTS = (
    "Context can have either entries or article_and_parent_comment, but both fields were populated."
)
DETAIL = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
#: As Coral sends it (server/src/core/server/services/perspective), for a comment under a story.
CORAL_ANALYZE = {
    "comment": {"text": "Shut up idiot"}, "doNotStore": True,
    "requestedAttributes": {"TOXICITY": {}}, "languages": ["en"],
}  # fmt: skip
CORAL_SUGGEST = {
    "comment": {"text": "Shut up idiot"},
    "context": {"entries": [{"text": '{"url":"https://news.example/a","commentID":"c1"}'}]},
    "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
    "languages": ["EN"], "communityId": "Coral:https://talk.example", "clientToken": "comment:c1",
}  # fmt: skip


def call(method, body, key, prefix="", **headers):
    address = f"{prefix}/v1alpha1/{method}" + (f"?key={key}" if key else "")
    return Client().post(address, body, content_type="application/json", headers=headers)


def ask(text="Shut up idiot", **fields):
    return {"comment": {"text": text}, "requestedAttributes": TOXICITY, **fields}


@pytest.fixture
def analyzed(key):
    def analyze(text="Shut up idiot", **fields):
        response = call(ANALYZE, ask(text, **fields), key)
        assert response.status_code == 200, response.content
        return response.json()

    return analyze


def test_an_answer_has_perspectives_fields(analyzed):
    answer = analyzed()
    score = answer["attributeScores"]["TOXICITY"]["summaryScore"]
    assert (score["value"] > 0.5, score["type"]) == (True, "PROBABILITY")
    assert answer == {
        "attributeScores": {
            "TOXICITY": {
                "spanScores": [{"begin": 0, "end": 13, "score": score}],
                "summaryScore": score,
            }
        },
        "languages": ["en"],
        "detectedLanguages": ["en"],
    }


def test_every_attribute_is_scored_from_0_to_1(analyzed):
    requested = {name: {} for name in ATTRIBUTES}
    scores = analyzed(requestedAttributes=requested)["attributeScores"]
    values = {name: scores[name]["summaryScore"]["value"] for name in scores}
    assert list(values) == ATTRIBUTES
    assert all(0 <= value <= 1 for value in values.values())
    assert values["INSULT"] > values["THREAT"]


@pytest.mark.parametrize("prefix", ["", "/perspective"])
def test_both_addresses_answer_and_name_the_engine(key, prefix, settings):
    response = call(ANALYZE, ask(), key, prefix)
    assert response.headers["X-Gavel-Engine"] == settings.ENGINE_VERSION
    assert response.json()["attributeScores"]


def test_scores_below_their_threshold_are_left_out(analyzed):
    wanted = {"TOXICITY": {"scoreThreshold": 0.7}, "THREAT": {"scoreThreshold": 0.7}}
    assert set(analyzed(requestedAttributes=wanted)["attributeScores"]) == {"TOXICITY"}


def test_spans_are_sentences_in_utf16(analyzed):
    answer = analyzed("Nice 😀 name. Shut up idiot!\nBye", spanAnnotations=True)
    spans = answer["attributeScores"]["TOXICITY"]["spanScores"]
    found = [(span["begin"], span["end"], span["score"]["value"] > 0.5) for span in spans]
    assert found == [(0, 13, False), (14, 28, True), (29, 32, False)]


def test_a_comment_of_very_many_sentences_has_fifty_spans(analyzed):
    answer = analyzed("No. " * 5000, spanAnnotations=True)
    spans = answer["attributeScores"]["TOXICITY"]["spanScores"]
    assert (len(spans), spans[-1]["end"]) == (50, 19_999)


def test_sentences_that_take_too_long_are_scored_as_one(analyzed, monkeypatch):
    monkeypatch.setattr("moderation.integrations.compat.perspective.scoring.MOST_SECONDS", -1)
    answer = analyzed("Nice name. Shut up idiot! Bye", spanAnnotations=True)
    (span,) = answer["attributeScores"]["TOXICITY"]["spanScores"]
    assert (span["begin"], span["end"], span["score"]["value"] > 0.5) == (0, 29, True)


def test_named_languages_are_mirrored_and_neither_case_nor_region_matters(analyzed):
    answer = analyzed("Eres un idiota", languages=["es-MX", "EN", "ur-latn"])
    assert (answer["languages"], answer["detectedLanguages"]) == (
        ["es-MX", "EN", "ur-latn"],
        ["es"],
    )


def test_a_token_is_echoed_and_what_is_private_is_taken(analyzed):
    told = {"clientToken": "t1", "sessionId": "s", "communityId": "c", "doNotStore": True}
    assert analyzed(**told)["clientToken"] == "t1"


def test_the_names_of_protocol_buffers_are_taken_too(key):
    body = {"comment": {"text": "hi"}, "requested_attributes": TOXICITY, "do_not_store": True}
    assert call(ANALYZE, body, key).status_code == 200


def test_the_largest_text_is_scored(analyzed):
    assert analyzed("é" * 20_480)["attributeScores"]


MISTAKES = {
    "empty": ({"comment": {"text": ""}}, "Comment must be non-empty.", "COMMENT_EMPTY"),
    "blank": ({"comment": {"text": " \n"}}, "Comment must be non-empty.", "COMMENT_EMPTY"),
    "no comment": ({"comment": None}, "Comment must be non-empty.", "COMMENT_EMPTY"),
    "too long": ({"comment": {"text": "é" * 20_481}}, "Comment text too long.", "COMMENT_TOO_LONG"),
    "no attributes": (
        {"requestedAttributes": {}}, "Missing requested_attributes", "NO_REQUESTED_ATTRIBUTES",
    ),
    "unknown attribute": (
        {"requestedAttributes": {"KINDNESS": {}}},
        f"Unknown requested attribute: KINDNESS (known: {', '.join(COMPOSITION)})",
        "INVALID_REQUEST",
    ),
    "score type": (
        {"requestedAttributes": {"TOXICITY": {"scoreType": "STD_DEV_SCORE"}}},
        "Requested score type STD_DEV_SCORE is not supported by attribute TOXICITY",
        "INVALID_REQUEST",
    ),
    "text type": (
        {"comment": {"text": "hi", "type": "PDF"}}, "Unknown text type", "INVALID_REQUEST",
    ),
    "context": (
        {"context": {"entries": [{"text": "a"}], "articleAndParentComment": {"article": {}}}},
        TWO_CONTEXTS, "INVALID_REQUEST",
    ),
    "unknown field": (
        {"comments": {}},
        'Invalid JSON payload received. Unknown name "comments": Cannot find field.',
        "INVALID_REQUEST",
    ),
    "wrong type": (
        {"doNotStore": "yes"}, "Invalid value at 'doNotStore' (TYPE_BOOL), 'yes'",
        "INVALID_REQUEST",
    ),
    "threshold": (
        {"requestedAttributes": {"TOXICITY": {"scoreThreshold": "0.5"}}},
        "Invalid value at 'requested_attributes[TOXICITY].score_threshold' (TYPE_FLOAT), '0.5'",
        "INVALID_REQUEST",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_in_perspectives_words(key, case):
    changed, message, error_type = MISTAKES[case]
    before = row_counts()
    response = call(ANALYZE, {**ask(), **changed}, key)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["status"]) == (400, 400, "INVALID_ARGUMENT")
    assert (error["message"], error["details"][0]["errorType"]) == (message, error_type)
    assert error["details"][0]["@type"] == DETAIL
    assert row_counts() == before


WRONG_BODIES = [
    (b"{", 400), (b"[]", 400), (b'"x"', 400), (b'{"comment": {"text": "\\u0000"}}', 400),
    (b'{"comment": {"text": "\\ud800"}}', 400), (b'{"comment": 5}', 400),
    (b'{"comment": {"text": 5}}', 400), (b'{"comment": {"text": "a", "type": {"b": 1}}}', 400),
    (b'{"comment": {"text": "a"}, "languages": [5]}', 400),
    (b'{"comment": {"text": "a"}, "context": {"entries": 5}}', 400),
    (b'{"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": 5}}', 400),
    (b'{"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {"scoreType": [1]}}}', 400),
    (b"[" * 100_000, 400), (b"x" * (1024 * 1024 + 1), 413),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status"), WRONG_BODIES, ids=range(len(WRONG_BODIES)))
@pytest.mark.parametrize("method", [ANALYZE, SUGGEST])
def test_a_body_that_makes_no_sense_has_googles_envelope(key, method, body, status):
    response = call(method, body, key)
    error = response.json()["error"]
    assert (response.status_code, error["code"], bool(error["message"])) == (status, status, True)


def test_keys_are_taken_from_the_address_and_from_headers(arena, key):
    assert call(ANALYZE, ask(), "", **{"X-API-Key": key}).status_code == 200
    assert call(ANALYZE, ask(), "", Authorization=f"Bearer {key}").status_code == 200
    assert call(ANALYZE, ask(), "", **{"X-Goog-Api-Key": key}).status_code == 200


REFUSALS = {
    "no key": ((), 401, "UNAUTHENTICATED"),
    "wrong scope": (("read",), 403, "PERMISSION_DENIED"),
    "admin in an address": (("check", "admin"), 403, "PERMISSION_DENIED"),
}


@pytest.mark.parametrize("given", ["", "gvl_wrong"])
def test_a_401_has_what_googles_clients_look_for(db, given):
    response = call(ANALYZE, ask(), given)
    (info,) = response.json()["error"]["details"]
    assert (info["@type"], info["reason"]) == (
        "type.googleapis.com/google.rpc.ErrorInfo", "API_KEY_INVALID",
    )  # fmt: skip
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="gavel"'


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "a/b; c"])
def test_json_is_read_whatever_the_content_type_says(key, kind):
    address = f"/v1alpha1/{ANALYZE}?key={key}"
    response = Client().generic("POST", address, json.dumps(ask()), content_type=kind)
    assert response.json()["attributeScores"]["TOXICITY"]["summaryScore"]["value"] > 0.5


@pytest.mark.parametrize("case", REFUSALS)
def test_a_caller_who_may_not_is_told_in_googles_envelope(arena, case):
    scopes, status, name = REFUSALS[case]
    response = call(ANALYZE, ask(), make_key(arena, *scopes) if scopes else "")
    assert (response.status_code, response.json()["error"]["status"]) == (status, name)


def test_a_wrong_key_is_401_also_beside_an_open_project(arena, settings):
    settings.OPEN_PROJECT = arena.slug
    assert call(ANALYZE, ask(), "").status_code == 200
    assert call(SUGGEST, CORAL_SUGGEST, "").status_code == 401
    response = call(ANALYZE, ask(), "gvl_wrong")
    assert (response.status_code, response.json()["error"]["message"]) == (
        401, "API key not valid. Please pass a valid API key.",
    )  # fmt: skip


def test_too_many_calls_are_told_as_an_exhausted_resource(arena):
    limited = make_key(arena, "check", rate_per_minute=1)
    call(ANALYZE, ask(), limited)
    response = call(ANALYZE, ask(), limited)
    assert (response.status_code, response.json()["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert int(response.headers["Retry-After"]) > 0


UNKNOWN = [
    "/v1alpha1/comments:delete", "/perspective/v1alpha1/", "/batch", "/perspective/batch",
    "/v1alpha1", "/perspective", "/$discovery/apis",
]  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_call_is_404_in_googles_envelope(db, method, path):
    response = Client(enforce_csrf_checks=True).generic(method, path, b"{}")
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["status"]) == (404, 404, "NOT_FOUND")


def test_a_fault_of_ours_is_500_in_googles_envelope(key, monkeypatch):
    monkeypatch.setattr(
        "moderation.integrations.compat.perspective.views.analyze", lambda *args: 1 / 0
    )
    client = Client(raise_request_exception=False)
    response = client.post(f"/v1alpha1/{ANALYZE}?key={key}", ask(), content_type="application/json")
    assert (response.status_code, response.json()["error"]["status"]) == (500, "INTERNAL")
    assert b"ZeroDivision" not in response.content


def test_corals_requests_score_and_store_one_label(arena, key):
    before = row_counts()
    score = call(ANALYZE, CORAL_ANALYZE, key).json()["attributeScores"]["TOXICITY"]
    value = score["summaryScore"]["value"]
    assert value > 0.5
    assert row_counts() == before
    answer = call(SUGGEST, CORAL_SUGGEST, key).json()
    assert answer == {
        "clientToken": "comment:c1", "requestedLanguages": ["EN"], "detectedLanguages": ["en"],
    }  # fmt: skip
    stored = SuggestedScore.objects.get()
    assert row_counts() == {**before, "moderation.SuggestedScore": 1}
    assert (stored.scores, stored.scored) == (CORAL_SUGGEST["attributeScores"], {"TOXICITY": value})
    assert (stored.project, stored.token, stored.suggested_by) == (arena, "comment:c1", "a key")


SUGGEST_MISTAKES = [
    {}, {"TOXIC": {"summaryScore": {"value": 1}}}, {"TOXICITY": {}},
    {"TOXICITY": {"summaryScore": {"value": 2}}}, {"TOXICITY": {"summaryScore": {"value": "1"}}},
    {"TOXICITY": {"summaryScore": 1}}, {"TOXICITY": {"spanScores": [5]}},
    {"TOXICITY": {"spanScores": {"a": 1}}}, {"TOXICITY": {"summaryScore": {"value": True}}},
]  # fmt: skip


@pytest.mark.parametrize("scores", SUGGEST_MISTAKES, ids=json.dumps)
def test_a_label_that_makes_no_sense_is_not_stored(key, scores):
    response = call(SUGGEST, {**CORAL_SUGGEST, "attributeScores": scores}, key)
    assert (response.status_code, SuggestedScore.objects.count()) == (400, 0)
    assert response.json()["error"]["status"] == "INVALID_ARGUMENT"
