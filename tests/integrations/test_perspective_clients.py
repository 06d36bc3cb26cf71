"""The requests of six public clients of Perspective, and how each reads the answer.

Written after reading their code: Coral (server/src/core/server/services/perspective and the phase
`toxic`), Discourse's plugin discourse-perspective-api, the Symfony bundle freema/perspective-api-
bundle, Dify's plugin blue-pen5805/dify-plugin-moderation-perspective-api, the SourceMod plugin
ghostcap-gaming/sm-perspective-api, and n8n's node nodes-base/nodes/Google/Perspective.
"""

import json

import pytest
from django.test import Client

from moderation.models import SuggestedScore

SIX = ["TOXICITY", "SEVERE_TOXICITY", "IDENTITY_ATTACK", "INSULT", "PROFANITY", "THREAT"]
ADDRESS = "/v1alpha1/comments:analyze"
#: What Coral calls the languages of its locales; every other locale is "en".
CORAL_LANGUAGES = {"en-US": "en", "es": "es", "fr-FR": "fr", "de": "de", "pt-BR": "pt"}
DISCOURSE_BYTES = 20 * 1024


@pytest.fixture(autouse=True)
def _with_the_model(settings):
    """Judge as a default install does."""
    settings.TOXICITY_MODEL = "bundled"


def coral(key, text, *, locale="en-US", model="TOXICITY"):
    """Return what Coral's phase `toxic` takes for the score."""
    body = {
        "comment": {"text": text}, "doNotStore": True, "requestedAttributes": {model: {}},
        "languages": [CORAL_LANGUAGES.get(locale, "en")],
    }  # fmt: skip
    response = Client().post(f"{ADDRESS}?key={key}", body, content_type="application/json")
    assert response.status_code == 200, response.content
    return response.json()["attributeScores"][model]["summaryScore"]["value"]


def discourse(key, text, *, model="TOXICITY"):
    """Return the score as the plugin reads it: of whichever attribute comes."""
    raw = text.encode()[:DISCOURSE_BYTES].decode(errors="ignore")
    body = {
        "comment": {"text": raw}, "doNotStore": True,
        "sessionId": "https://forum.example_12", "requestedAttributes": {
            model: {"scoreType": "PROBABILITY"}
        },
    }  # fmt: skip
    response = Client().generic(
        "POST", f"{ADDRESS}?key={key}", json.dumps(body), content_type="application/json",
        headers={"Accept": "*/*", "User-Agent": "Discourse/3.5.0"},
    )  # fmt: skip
    found = response.json()["attributeScores"]
    return next(iter(found.values()))["summaryScore"]["value"]


def symfony(key, text, *, language="en"):
    body = {
        "comment": {"text": text}, "languages": [language],
        "requestedAttributes": {name: {} for name in SIX},
    }  # fmt: skip
    response = Client().post(f"{ADDRESS}?key={key}", body, content_type="application/json")
    found = response.json()["attributeScores"]
    assert list(found) == SIX
    return found["TOXICITY"]["summaryScore"]["value"]


def dify(key, text):
    body = {"comment": {"text": text}, "requestedAttributes": {name: {} for name in SIX}}
    response = Client().post(
        ADDRESS, body, content_type="application/json", headers={"x-goog-api-key": key}
    )
    scores = response.json()["attributeScores"]
    assert list(scores) == SIX
    return max(one["summaryScore"]["value"] for one in scores.values())


def sourcemod(key, text):
    body = {"comment": {"text": text}, "requestedAttributes": {name: {} for name in SIX}}
    response = Client().post(f"{ADDRESS}?key={key}", body, content_type="application/json")
    found = response.json()["attributeScores"]
    assert {one["summaryScore"]["type"] for one in found.values()} == {"PROBABILITY"}
    return found["TOXICITY"]["summaryScore"]["value"]


def n8n(key, text, *, language="de", attribute="toxicity"):
    """Return the score; the node's language is one word, and its score type has small letters."""
    name = attribute.upper()
    body = {
        "comment": {"type": "PLAIN_TEXT", "text": text},
        "requestedAttributes": {name: {"scoreType": "probability", "scoreThreshold": 0}},
        "languages": language,
    }  # fmt: skip
    response = Client().post(
        ADDRESS, body, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )
    assert response.status_code == 200, response.content
    return response.json()["attributeScores"][name]["summaryScore"]["value"]


CLIENTS = [coral, discourse, symfony, dify, sourcemod, n8n]
CALM = {
    "German": "Dem letzten Absatz des Artikels stimme ich nicht zu.",
    "French": "Je ne suis pas d'accord avec la conclusion de cet article.",
    "mixed": "Bonjour à tous, I like this article. Vielen Dank!",
    "emoji": "😀😀😀 👍🏽 🇩🇪",
    "HTML": "<p>I <b>agree</b> &amp; thank you, <a href='https://a.example'>see here</a></p>",
    "short": "Oh",
    "a dot": ".",
    "20,000 letters": "The match was boring for an hour. " * 588,
    "20,000 letters of another alphabet": "Матч был скучным целый час. " * 714,
}
HELD = {
    "insult": "You fucking idiot",
    "in a German comment": "Das ist doch Unsinn, you fucking idiot, und das weißt du auch.",
    "at the end of a long one": "The match was boring for an hour. " * 580 + "You fucking idiot",
    "HTML": "<p>You <b>fucking</b> idiot</p>",
    "emoji": "You fucking idiot 😀😀",
}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("case", CALM)
def test_no_client_loses_the_score_of_a_calm_comment(key, client, case):
    assert 0 <= client(key, CALM[case]) < 0.5


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("case", HELD)
def test_every_client_is_told_of_what_is_held(key, client, case):
    limit = 250 if client is sourcemod else 20_000
    if client is sourcemod and len(HELD[case]) > limit:
        pytest.skip("its messages have 255 letters")
    assert client(key, HELD[case]) >= 0.5


@pytest.mark.parametrize("locale", [*CORAL_LANGUAGES, "da", "nl-NL"])
def test_coral_has_a_score_in_each_of_its_locales(key, locale):
    assert coral(key, "Jeg er helt enig i denne artikel.", locale=locale) < 0.3
    assert coral(key, "You fucking idiot", locale=locale) >= 0.5


@pytest.mark.parametrize(
    "model", ["SEVERE_TOXICITY", "TOXICITY_EXPERIMENTAL", "ATTACK_ON_COMMENTER", "SPAM"]
)
def test_coral_and_discourse_may_use_another_attribute(key, model):
    assert 0 <= coral(key, "You fucking idiot", model=model) <= 1
    assert 0 <= discourse(key, "You fucking idiot", model=model) <= 1


@pytest.mark.parametrize("language", ["de", "fr", "nl", "ru", "ja"])
def test_the_symfony_bundle_may_name_any_language(key, language):
    assert symfony(key, "You fucking idiot", language=language) >= 0.5


def test_corals_decision_about_a_german_comment_is_stored(arena, key):
    body = {
        "comment": {"text": "Du bist so ein Trottel"},
        "context": {"entries": [{"text": json.dumps({"url": "https://a.example", "id": "c1"})}]},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
        "languages": ["de"], "communityId": "Coral:https://a.example", "clientToken": "comment:c1",
    }  # fmt: skip
    address = f"/v1alpha1/comments:suggestscore?key={key}"
    response = Client().post(address, body, content_type="application/json")
    assert response.json()["requestedLanguages"] == ["de"]
    assert SuggestedScore.objects.get().language == "de"


def test_an_empty_comment_is_perspectives_own_error(key):
    body = {"comment": {"text": ""}, "requestedAttributes": {"TOXICITY": {}}}
    response = Client().post(f"{ADDRESS}?key={key}", body, content_type="application/json")
    assert response.json()["error"]["details"][0]["errorType"] == "COMMENT_EMPTY"
