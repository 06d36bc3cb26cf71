"""`compare`: reads a log, prints, and stores the mapping that the endpoint then uses."""

import json

import pytest
from django.core.management import CommandError, call_command

from moderation.rules.active import policy_of
from tests.integrations.perspective import scores
from tests.messages import key as make_key

TEXTS = [
    "Hello", "Good morning", "See you tomorrow", "Nice goal", "Thanks a lot", "damn", "What a day",
    "This is damn good", "what the hell", "crap", "Shut up idiot", "you loser", "you idiot",
    "I hate this game", "You're a fucking idiot", "fuck you", "you bitch", "I will kill you",
    "You terrorist scum", "kill yourself", "Who are you?", "The train is late", "I like tea",
    "stupid game", "You are so dumb", "My dog is old", "Black coffee please", "moron", "No", "Yes",
]  # fmt: skip


@pytest.fixture
def key(arena):
    return make_key(arena, "check")


@pytest.fixture
def log(tmp_path, key):
    """Return a function that writes a log whose scores are made of ours."""

    def write(theirs):
        rows = [
            {"text": text, "scores": {"TOXICITY": theirs(scores(key, text)["TOXICITY"], place)}}
            for place, text in enumerate(TEXTS)
        ]
        path = tmp_path / "log.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)))
        return str(path)

    return write


def bent(score, _place):
    return score**0.5


def noise(_score, place):
    return (place * 7 % 30) / 30


def run(*arguments, capsys):
    call_command("compare", "--perspective-log", *arguments, "--format", "json")
    return json.loads(capsys.readouterr().out)


def test_it_finds_the_mapping_and_stores_it_only_when_told(arena, key, log, capsys):
    path = log(bent)
    before = scores(key, "Shut up idiot")["TOXICITY"]
    found = run(path, capsys=capsys)["attributes"]["TOXICITY"]
    assert (found["helps"], found["texts"]) == (True, len(TEXTS))
    assert policy_of(arena).perspective_mapping == {}
    assert run(path, "--apply", capsys=capsys)["applied"] == ["TOXICITY"]
    for text in TEXTS:
        assert (
            scores(key, text, "TOXICITY_EXPERIMENTAL")["TOXICITY_EXPERIMENTAL"]
            == (scores(key, text)["TOXICITY"])
        )
    assert scores(key, "Shut up idiot")["TOXICITY"] == pytest.approx(before**0.5, abs=0.02)


def test_after_it_was_stored_it_compares_with_the_scores_before(arena, key, log, capsys):
    path = log(bent)
    first = run(path, "--apply", capsys=capsys)["attributes"]
    assert run(path, capsys=capsys)["attributes"] == first


def test_on_noise_it_says_that_no_mapping_helps(arena, log, capsys):
    path = log(noise)
    call_command("compare", "--perspective-log", path)
    assert "No mapping helps" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No mapping helps: nothing was stored"):
        call_command("compare", "--perspective-log", path, "--apply")
    assert policy_of(arena).perspective_mapping == {}


def test_people_read_agreement_thresholds_and_quantiles(arena, log, capsys):
    call_command("compare", "--perspective-log", log(bent), "--thresholds", "0.8")
    told = capsys.readouterr().out
    assert "TOXICITY: 30 texts, rank correlation 1.000" in told
    assert "theirs 0.80 holds" in told
    assert "quantile" in told


@pytest.mark.parametrize("thresholds", ["2", "a", ""])
def test_wrong_thresholds_are_refused(arena, log, thresholds):
    with pytest.raises(CommandError, match="not a number from 0 to 1"):
        call_command("compare", "--perspective-log", log(bent), "--thresholds", thresholds)


@pytest.mark.parametrize("content", [b"", b"\xff", b"{}"])
def test_a_file_that_makes_no_sense_is_one_line(arena, tmp_path, content):
    path = tmp_path / "log.jsonl"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="file"):
        call_command("compare", "--perspective-log", str(path))
