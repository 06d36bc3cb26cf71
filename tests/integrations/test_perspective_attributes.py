"""Every attribute that Perspective documented, and the project's choice for the others."""

import pytest

from moderation import rules
from moderation.integrations.compat.perspective.attributes import ATTRIBUTES, NOT_SCORED
from moderation.lib import dropped_attributes
from tests.integrations.perspective import analyze, error_of, scores

#: https://github.com/conversationai/perspectiveapi/blob/master/2-api/models.md, and the bridging
#: attributes that came later.
DOCUMENTED = [
    "TOXICITY", "TOXICITY_EXPERIMENTAL", "SEVERE_TOXICITY", "SEVERE_TOXICITY_EXPERIMENTAL",
    "TOXICITY_FAST", "IDENTITY_ATTACK", "IDENTITY_ATTACK_EXPERIMENTAL", "INSULT",
    "INSULT_EXPERIMENTAL", "PROFANITY", "PROFANITY_EXPERIMENTAL", "THREAT",
    "THREAT_EXPERIMENTAL", "SEXUALLY_EXPLICIT", "FLIRTATION", "ATTACK_ON_AUTHOR",
    "ATTACK_ON_COMMENTER", "INCOHERENT", "INFLAMMATORY", "LIKELY_TO_REJECT", "OBSCENE", "SPAM",
    "UNSUBSTANTIAL", "TOXICITY@6", "INSULT@2",
]  # fmt: skip


def test_every_documented_attribute_is_scored_under_the_name_that_was_asked(key):
    found = scores(key, "Shut up idiot", *DOCUMENTED)
    assert list(found) == DOCUMENTED
    assert all(0 <= value <= 1 for value in found.values())
    assert found["TOXICITY"] == found["TOXICITY_EXPERIMENTAL"] == found["TOXICITY@6"] >= 0.6
    assert found["ATTACK_ON_COMMENTER"] == found["INSULT"] >= 0.6
    assert found["SPAM"] < 0.5


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("You fucking idiot, die", "LIKELY_TO_REJECT"), ("+92-300-1234567", "LIKELY_TO_REJECT"),
        ("You terrorist scum", "INFLAMMATORY"), ("I will kill you", "ATTACK_ON_AUTHOR"),
        ("fuck you", "OBSCENE"),
    ],
)  # fmt: skip
def test_what_an_attribute_is_made_of_shows_in_it(key, text, attribute):
    assert scores(key, text, attribute)[attribute] >= 0.5


def test_a_short_comment_is_unsubstantial_and_never_held_for_it(key):
    short = scores(key, "Hi", "UNSUBSTANTIAL")["UNSUBSTANTIAL"]
    long = scores(key, "This is what I think of it. " * 10, "UNSUBSTANTIAL")["UNSUBSTANTIAL"]
    assert 0.5 > short > 0.4 > long == 0


def test_what_nobody_can_score_is_left_out_and_named(key):
    response = analyze(key, "Hello", "TOXICITY", "KINDNESS", "CURIOSITY_EXPERIMENTAL")
    assert list(response.json()["attributeScores"]) == ["TOXICITY"]
    assert response.headers["X-Dropped-Attributes"] == "KINDNESS, CURIOSITY_EXPERIMENTAL"
    assert "X-Dropped-Attributes" not in analyze(key, "Hello", "TOXICITY").headers


def test_health_counts_what_was_left_out(client, key):
    before = dict(dropped_attributes.counts())
    analyze(key, "Hello", "TOXICITY", "KINDNESS", "CURIOSITY_EXPERIMENTAL")
    told = client.get("/api/v1/health").json()["dropped_attributes"]
    assert told["CURIOSITY_EXPERIMENTAL"] == before.get("CURIOSITY_EXPERIMENTAL", 0) + 1
    assert told["other"] == before.get("other", 0) + 1
    assert set(told) <= {*NOT_SCORED, "other"}


def test_an_odd_name_cannot_break_the_header(key):
    response = analyze(key, "Hello", "TOXICITY", "Ü, B\r\nX: 1")
    assert response.headers["X-Dropped-Attributes"] == "???B??X:?1"


@pytest.mark.parametrize("names", [["KINDNESS"], ["CURIOSITY_EXPERIMENTAL", "NUANCE_EXPERIMENTAL"]])
@pytest.mark.parametrize("options", [{}, {"dropUnsupportedAttributes": True}])
def test_an_empty_set_is_never_an_answer(key, names, options):
    response = analyze(key, "Hello", *names, **options)
    assert (response.status_code, error_of(response)["status"]) == (400, "INVALID_ARGUMENT")
    assert error_of(response)["message"].startswith(f"Unknown requested attribute: {names[0]}")


def test_a_project_may_refuse_instead(arena, key):
    rules.change_policy(arena, "tests", {"unknown_attributes": "error"})
    assert analyze(key, "Hello", "TOXICITY", "KINDNESS").status_code == 400
    dropped = analyze(key, "Hello", "TOXICITY", "KINDNESS", dropUnsupportedAttributes=True)
    assert list(dropped.json()["attributeScores"]) == ["TOXICITY"]


def test_a_known_attribute_has_one_name(key):
    assert not {*ATTRIBUTES} & NOT_SCORED
    assert not [name for name in ATTRIBUTES if name.endswith("_EXPERIMENTAL")]
