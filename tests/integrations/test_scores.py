"""Scores mean what the verdict means: calm below 0.5, held from there on."""

import pytest
from django.test import Client

from moderation import rules
from tests.integrations.perspective import scores
from tests.messages import key as make_key
from tests.messages import project

#: Harmless short lines, many of which a model alone finds doubtful.
HARMLESS = """Hi|Oh|Hey|Yes|No|Ok|Girl|Boy|Man|Woman|Sure|Why?|What?|Wow|Nice|lol|gg|brb|Thanks!
Thank you|Good morning|Good night|See you|Bye|Please|White house|Black coffee|My dog|Your turn
Me too|I agree|I disagree|Not really|Maybe|Sorry|My bad|Well done|Great job|You win|I lost
Come on|Let's go|Wait|Stop|Run|Look|Listen|Go left|Go home|Eat|Drink water|Hot|Cold|Sick today
I was wrong|You were right|Who are you?|What is that?|Where is he?|buenos dias a todos|hola|si
kya haal hai|theek hai|Texto a analizar|Test|Testing 1 2 3|First|Bump|Any news?|Happy birthday
Old man|Fat cat|Dead battery|Kill the lights|Shoot me a mail|Dumb question|Ugly weather|Gay bar
Muslim|Jewish food|Black people|Women|Trans rights|I am gay|Mexican food|German|My wife is Asian
""".replace("\n", "|").split("|")
HARMLESS = [line for line in HARMLESS if line]
HELD = ["fuck you", "you bitch", "bhenchod", "Shut up idiot", "You're a fucking idiot",
        "I will kill you", "You terrorist scum", "Eres un idiota", "Chup kar bewakoof"]  # fmt: skip
CATEGORIES_OF_HARM = ("violence", "harassment/threatening")


@pytest.fixture(autouse=True)
def _with_the_model(settings):
    """Judge as a default install does."""
    settings.TOXICITY_MODEL = "bundled"


def moderated(key, text):
    response = Client().post(
        "/v1/moderations",
        {"input": text},
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    return response.json()["results"][0]


def verdict(key, text):
    response = Client().post(
        "/api/v1/moderation/analyze",
        {"text": text},
        content_type="application/json",
        headers={"X-API-Key": key},
    )
    return response.json()["verdict"]


@pytest.mark.parametrize("text", [*HARMLESS, "This is damn good", "damn", "what the hell " * 9])
def test_what_the_verdict_lets_pass_no_endpoint_holds(key, text):
    told = verdict(key, text)
    held = scores(key, text)["TOXICITY"] >= 0.5, moderated(key, text)["flagged"]
    assert held == ((told in {"flag", "block"}),) * 2
    if told in {"allow", "warn"}:
        found = scores(key, text, "SEVERE_TOXICITY", "INSULT", "PROFANITY", "THREAT", "SPAM")
        assert max(found.values()) < 0.5
        assert max(moderated(key, text)["category_scores"].values()) < 0.5


@pytest.mark.parametrize("text", HELD)
def test_what_the_verdict_holds_every_endpoint_holds(key, text):
    assert verdict(key, text) in {"flag", "block"}
    assert scores(key, text)["TOXICITY"] >= 0.5
    result = moderated(key, text)
    assert result["flagged"]
    assert any(result["categories"].values())


def test_the_length_of_a_text_makes_it_no_worse(key):
    assert scores(key, "We had a really nice day at the lake. " * 400)["TOXICITY"] < 0.5


@pytest.mark.parametrize("flag", [0.2, 0.4, 0.6, 0.8])
def test_the_policys_threshold_is_where_clients_hold(arena, key, flag):
    rules.change_policy(arena, "tests", {"thresholds": {"warn": 0.1, "flag": flag, "block": 0.9}})
    for score in (flag - 0.05, flag, flag + 0.05):
        word = {"word": f"zorble{score:.2f}".replace(".", "x"), "language": "*",
                "category": "insult", "severity": "low", "score": score}  # fmt: skip
        rules.add_word(arena, "tests", word)
        assert (scores(key, word["word"])["TOXICITY"] >= 0.5) is (score >= flag)


def test_a_rule_decides_at_every_endpoint(arena, key):
    for action, word in (("approve", "friendly"), ("reject", "zorble"), ("flag", "zarble")):
        fields = {"name": action, "type": "keyword", "action": action}
        rules.create_rule(arena, "tests", {**fields, "config": {"keywords": [word]}})
    assert scores(key, "friendly fuck you", "TOXICITY", "INSULT") == {"TOXICITY": 0, "INSULT": 0}
    assert scores(key, "zorble")["TOXICITY"] >= 0.9 > scores(key, "zarble")["TOXICITY"] >= 0.6
    assert [moderated(key, text)["flagged"] for text in ("friendly fuck you", "zorble")] == [
        False, True,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["test@example.com", "+92-300-1234567", "THIS IS ALL CAPS"])
def test_personal_data_and_spam_are_not_toxic(key, text):
    assert scores(key, text)["TOXICITY"] < 0.5
    assert not moderated(key, text)["flagged"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I want to kill myself", "self-harm/intent"), ("I want to die", "self-harm/intent"),
        ("I will cut myself", "self-harm/intent"), ("kill yourself", "self-harm/instructions"),
    ],
)  # fmt: skip
def test_self_harm_is_no_violence(key, text, kind):
    categories = moderated(key, text)["categories"]
    assert categories["self-harm"]
    assert categories[kind]
    assert not any(categories[name] for name in CATEGORIES_OF_HARM)


@pytest.mark.parametrize("text", ["fuck you", "you bitch", "bhenchod"])
def test_coarse_words_at_somebody_are_harassment(key, text):
    assert moderated(key, text)["categories"]["harassment"]


def test_two_keys_of_two_projects_have_their_own_scores(arena):
    bazaar = project("bazaar")
    rules.add_word(arena, "tests", {"word": "zorble", "language": "*", "category": "insult",
                                    "severity": "high"})  # fmt: skip
    told = [scores(make_key(one, "check"), "zorble")["TOXICITY"] for one in (arena, bazaar)]
    assert told[0] >= 0.9
    assert told[1] < 0.5
