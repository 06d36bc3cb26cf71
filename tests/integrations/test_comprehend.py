"""Amazon Comprehend's DetectToxicContent (docs/moving-from-comprehend.md)."""

import pytest
from django.test import Client

from moderation import rules
from tests.messages import key as make_key
from tests.messages import row_counts

TARGET = "Comprehend_20171127.DetectToxicContent"
SCOPE = "20261201/eu-west-1/comprehend/aws4_request"


def signed(key):
    """Return the header of a signed request, as AWS's SDKs write it."""
    names = "content-type;host;x-amz-date;x-amz-target"
    return f"AWS4-HMAC-SHA256 Credential={key}/{SCOPE}, SignedHeaders={names}, Signature={'0' * 64}"


def call(body, key, target=TARGET, path="/comprehend/", **headers):
    named = {"Authorization": signed(key), "X-Amz-Target": target}
    return Client(enforce_csrf_checks=True).post(
        path, body, content_type="application/x-amz-json-1.1", headers={**named, **headers}
    )


def asked(*texts, language="en"):
    segments = [{"Text": text} for text in texts]
    return f'{{"LanguageCode": "{language}", "TextSegments": {segments}}}'.replace("'", '"')


def scored(key, *texts, language="en"):
    response = call(asked(*texts, language=language), key)
    assert response.status_code == 200, response.content
    return [
        {"Toxicity": one["Toxicity"], **{label["Name"]: label["Score"] for label in one["Labels"]}}
        for one in response.json()["ResultList"]
    ]


def test_each_text_has_seven_labels_and_a_toxicity(key):
    calm, rude = scored(key, "Hello world", "Shut up idiot")
    assert set(rude) == {
        "Toxicity", "PROFANITY", "HATE_SPEECH", "INSULT", "GRAPHIC", "HARASSMENT_OR_ABUSE",
        "SEXUAL", "VIOLENCE_OR_THREAT",
    }  # fmt: skip
    assert max(calm.values()) < 0.3
    assert rude["Toxicity"] == rude["INSULT"] == rude["HARASSMENT_OR_ABUSE"] >= 0.6


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("fuck you", "PROFANITY"), ("fuck you", "HARASSMENT_OR_ABUSE"),
        ("You terrorist scum", "HATE_SPEECH"), ("I will kill you", "VIOLENCE_OR_THREAT"),
        ("suck my dick", "SEXUAL"),
    ],
)  # fmt: skip
def test_what_a_label_is_made_of_shows_in_it(key, text, label):
    (found,) = scored(key, text)
    assert found["Toxicity"] >= found[label] >= 0.5
    assert found["GRAPHIC"] == 0


def test_self_harm_is_toxic_and_no_violence(key):
    (found,) = scored(key, "kill yourself")
    assert found["Toxicity"] >= 0.5 > found["VIOLENCE_OR_THREAT"]


@pytest.mark.parametrize(("choice", "toxicity"), [("answer", 0.6), ("neutral", 0.0)])
def test_the_project_says_what_happens_with_other_languages(arena, key, choice, toxicity):
    rules.change_policy(arena, "tests", {"uncovered_language": choice})
    text = "Il fait très beau, bande de fucking idiots."
    (found,) = scored(key, text, language="fr")
    assert (found["Toxicity"] >= 0.6) is (toxicity > 0)
    assert call(asked(text), key).headers["X-Degraded"] == "language"


def test_a_project_may_refuse_a_language(arena, key):
    rules.change_policy(arena, "tests", {"uncovered_language": "error"})
    refused = call(asked("Il fait très beau.", language="fr"), key)
    assert (refused.status_code, refused.json()["__type"]) == (400, "UnsupportedLanguageException")


def test_nothing_is_stored_and_the_engine_is_named(key, settings):
    before = row_counts()
    response = call(asked("I will kill you"), key, path="/comprehend")
    assert response.headers["X-Gavel-Engine"] == settings.ENGINE_VERSION
    assert row_counts() == before


WRONG = {
    "no JSON": ("{", "InvalidRequestException"),
    "a list": ("[]", "InvalidRequestException"),
    "no language": ('{"TextSegments": [{"Text": "a"}]}', "InvalidRequestException"),
    "no texts": ('{"LanguageCode": "en"}', "InvalidRequestException"),
    "none": ('{"LanguageCode": "en", "TextSegments": []}', "InvalidRequestException"),
    "a word": ('{"LanguageCode": "en", "TextSegments": ["a"]}', "InvalidRequestException"),
    "empty": (asked(""), "InvalidRequestException"),
    "many": (asked(*["a"] * 101), "InvalidRequestException"),
    "long": (asked("x" * 10_001), "TextSizeLimitExceededException"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_request_is_400_in_comprehends_shape(key, name):
    body, kind = WRONG[name]
    response = call(body, key)
    assert (response.status_code, response.json()["__type"]) == (400, kind)
    assert response.json()["Message"]


@pytest.mark.parametrize("target", ["", "Comprehend_20171127.DetectSentiment"])
def test_other_operations_are_unknown(key, target):
    refused = call(asked("a"), key, target)
    assert (refused.status_code, refused.json()["__type"]) == (400, "UnknownOperationException")


def test_the_key_is_the_access_key_id_or_the_session_token(arena, key):
    assert call(asked("a"), "any", **{"X-Amz-Security-Token": key}).status_code == 200
    assert call(asked("a"), key, **{"X-Amz-Security-Token": "wrong"}).status_code == 401
    for wrong in ("wrong", "", f"{key}/x"):
        refused = call(asked("a"), wrong)
        assert (refused.status_code, refused.json()["__type"]) == (
            401, "UnrecognizedClientException",
        )  # fmt: skip


def test_a_key_for_administration_is_no_access_key_id(arena):
    admin = make_key(arena, "check", "admin")
    refused = call(asked("a"), admin)
    assert (refused.status_code, refused.json()["__type"]) == (403, "AccessDeniedException")
    assert call(asked("a"), "any", **{"X-Amz-Security-Token": admin}).status_code == 200


def test_too_many_calls_are_throttled(arena, still_clock):
    limited = make_key(arena, "check", rate_per_minute=1)
    call(asked("a"), limited)
    response = call(asked("a"), limited)
    assert (response.status_code, response.json()["__type"]) == (429, "ThrottlingException")


def test_an_unknown_address_is_404_in_comprehends_shape(db):
    response = Client(enforce_csrf_checks=True).post("/comprehend/models")
    assert (response.status_code, response.json()["__type"]) == (404, "UnknownOperationException")
