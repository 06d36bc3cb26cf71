"""Languages at Perspective's endpoint: every tag is taken, and what is not covered is no noise."""

import json
from pathlib import Path

import pytest

from moderation import rules
from moderation.engine.text.detection import detected_language
from tests.integrations.perspective import analyze, error_of, scores

#: Twenty plain sentences in each of twenty languages that the default policy has no list for.
SENTENCES = json.loads(
    (Path(__file__).parents[1] / "data" / "plain_sentences.json").read_text(encoding="utf-8")
)
#: What Perspective took (its page Attributes & Languages), and ways to write tags.
TAGS = [
    "ar", "zh", "cs", "nl", "en", "fr", "de", "hi", "hi-Latn", "id", "it", "ja", "ko", "pl", "pt",
    "ru", "es", "sv", "pt-BR", "fr-FR", "EN", "zh-Hant-TW", "es_MX", "de-CH", "",
]  # fmt: skip
CALM = 0.3


@pytest.fixture(autouse=True)
def _with_the_model(settings):
    """Judge as a default install does: only a model makes noise."""
    settings.TOXICITY_MODEL = "bundled"


@pytest.mark.parametrize("tag", TAGS)
def test_every_tag_is_taken(key, tag):
    response = analyze(key, "Shut up idiot", languages=[tag, "en"])
    assert response.json()["languages"] == [tag, "en"]
    assert response.json()["attributeScores"]["TOXICITY"]["summaryScore"]["value"] >= 0.5


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("names", [["en"], ["own"]], ids=["the site's", "its own"])
def test_a_plain_sentence_without_coverage_is_calm(key, language, names):
    named = [language if name == "own" else name for name in names]
    found = {text: scores(key, text, languages=named)["TOXICITY"] for text in SENTENCES[language]}
    assert {text: score for text, score in found.items() if score >= CALM} == {}


@pytest.mark.parametrize("language", SENTENCES)
def test_the_language_is_detected(language):
    detected = [detected_language(text) for text in SENTENCES[language]]
    assert detected.count(language) >= 18
    assert not {"en", "es", "ur-Latn"} & {*detected}


def test_a_language_without_coverage_is_named_in_a_header(key):
    response = analyze(key, SENTENCES["pl"][0], languages=["en"])
    assert response.headers["X-Degraded"] == "language"
    assert response.json()["detectedLanguages"] == ["pl"]
    assert "X-Degraded" not in analyze(key, "Good morning everybody, how are you?").headers


@pytest.mark.parametrize("text", ["Du bist ein fucking idiot", "Tu es un idiot, fuck you"])
def test_lists_find_their_words_in_every_language(key, text):
    assert scores(key, text, languages=["de"])["TOXICITY"] >= 0.5


def test_mixed_languages_are_scored(key):
    text = "Bonjour à tous. You are a fucking idiot."
    assert scores(key, text, languages=["fr", "en"])["TOXICITY"] >= 0.5


@pytest.mark.parametrize("named", [{}, {"languages": ["fr"]}])
def test_a_project_may_want_a_neutral_score(arena, key, named):
    rules.change_policy(arena, "tests", {"uncovered_language": "neutral"})
    text = "Il fait très beau, bande de fucking idiots."
    response = analyze(key, text, "TOXICITY", "INSULT", spanAnnotations=True, **named)
    assert response.headers["X-Degraded"] == "language"
    found = response.json()["attributeScores"]
    assert {found[name]["summaryScore"]["value"] for name in found} == {0.0}
    assert scores(key, "You fucking idiot", **named)["TOXICITY"] >= 0.5


def test_a_project_may_refuse(arena, key):
    rules.change_policy(arena, "tests", {"uncovered_language": "error"})
    response = analyze(key, SENTENCES["fr"][0], languages=["fr"])
    assert (response.status_code, error_of(response)["message"]) == (
        400, "Attribute TOXICITY does not support request languages: fr",
    )  # fmt: skip
    detail = error_of(response)["details"][0]
    assert detail["errorType"] == "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"
    assert detail["languageNotSupportedByAttributeError"] == {
        "detectedLanguages": ["fr"], "attribute": "TOXICITY",
    }  # fmt: skip
    assert analyze(key, SENTENCES["de"][0]).status_code == 400
    assert analyze(key, "You fucking idiot", languages=["fr"]).status_code == 200


def test_a_language_of_the_policy_is_covered(arena, key):
    rules.change_policy(arena, "tests", {"languages": ["en", "pl"], "uncovered_language": "error"})
    response = analyze(key, SENTENCES["pl"][0], languages=["pl"])
    assert (response.status_code, "X-Degraded" in response.headers) == (200, False)
