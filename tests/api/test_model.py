"""The bundled model behind the API, as a default install has it."""

import pytest

from moderation.engine.matches import ALL_LABELS

UNLISTED = "gay people disgust me and make me sick"


@pytest.fixture(autouse=True)
def _with_the_model(settings):
    settings.TOXICITY_MODEL = "bundled"


def test_it_says_what_it_found_where_and_who_it_is(api):
    answer = api.check(UNLISTED)
    assert (answer["verdict"], answer["stage"], answer["degraded"]) == ("flag", "model", [])
    assert {match["source"] for match in answer["matches"]} == {"model"}
    assert all(UNLISTED[m["start"] : m["end"]] == m["text"] for m in answer["matches"])


def test_an_analysis_has_its_probabilities(api):
    answer = api.post("moderation/analyze", {"text": UNLISTED}).json()
    assert set(answer["detoxify_scores"]) == set(ALL_LABELS)
    assert answer["is_toxic"]
    assert answer["detoxify_scores"]["toxicity"] > 0.75


def test_health_calls_it_ready(client, db):
    assert client.get("/api/v1/health").json()["dependencies"]["model"] == "ready"
