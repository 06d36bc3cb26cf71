"""backtest: a rule or a policy from a file, on past content."""

import json

import pytest
from django.core.management import CommandError

from moderation.models import SuggestedScore
from moderation.pipeline.moderate import moderate
from moderation.pipeline.submission import Submission
from reviews.models import Backtest

RULE = {"name": "cats", "type": "keyword", "action": "flag", "config": {"keywords": ["cats"]}}


@pytest.fixture
def file(tmp_path, arena):
    moderate(Submission(arena, "m1", "zed", "general", "lovely cats"))
    moderate(Submission(arena, "m2", "zed", "general", "Eres un idiota"))

    def write(data):
        path = tmp_path / "tried.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data))
        return str(path)

    return write


def test_a_rule_is_tried_on_past_content(file, command):
    said = command("backtest", "--rule", file(RULE)).splitlines()
    assert said == [
        "2 messages of 30 days, 0 not stored",
        "hits: 1, missed: 0",
        "moderators agreed 0, disagreed 0, undecided 1",
        "precision –, recall –",
        "verdicts that change: 1",
        "  allow → flag: 1",
    ]
    assert not Backtest.objects.exists()


def test_labels_of_clients_are_told(file, command, arena):
    SuggestedScore.objects.create(
        project=arena, text="good cats", language="en", engine_version="1", suggested_by="coral",
        scores={"TOXICITY": {"summaryScore": {"value": 0}}},
    )  # fmt: skip
    said = command("backtest", "--rule", file(RULE))
    assert "1 texts that clients labelled: precision 0.00, recall –" in said


def test_a_policy_is_tried_and_printed_as_json(file, command):
    path = file({"preset": "strict"})
    found = json.loads(command("backtest", "--policy", path, "--days", "7", "--format", "json"))
    assert (found["days"], found["after"]["hidden"], found["before"]["hidden"]) == (7, 1, 0)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "is not valid JSON"),
        ("[]", "must contain one JSON object"),
        ({**RULE, "config": {}}, "config.keywords"),
        ({**RULE, "type": "regex", "config": {"pattern": "a(?=b)"}}, "lookahead"),
    ],
)
def test_a_rule_that_makes_no_sense_is_one_line(file, command, content, why):
    with pytest.raises(CommandError, match=why):
        command("backtest", "--rule", file(content))


def test_a_missing_file_is_one_line(arena, command):
    with pytest.raises(CommandError, match="No such file"):
        command("backtest", "--rule", "/nowhere.json")
