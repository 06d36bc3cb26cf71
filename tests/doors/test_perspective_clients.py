"""Published clients of Perspective, with only their address and key changed."""

import json

import pytest
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

pytestmark = pytest.mark.slow


def test_googles_python_client_finds_its_way_by_discovery(served):
    address, key = served
    client = build(
        "commentanalyzer",
        "v1alpha1",
        developerKey=key,
        discoveryServiceUrl=f"{address}/$discovery/rest?version=v1alpha1",
        static_discovery=False,
    )
    asked = {"comment": {"text": "friendly greetings"}, "requestedAttributes": {"TOXICITY": {}}}
    answer = client.comments().analyze(body=asked).execute()
    assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] < 0.3
    with pytest.raises(HttpError) as refused:
        client.comments().analyze(body={**asked, "comment": {"text": ""}}).execute()
    assert (refused.value.status_code, refused.value.reason) == (400, "Comment must be non-empty.")
    client.close()


def test_the_npm_client_scores_and_reads_our_errors(served, node):
    told = json.loads(node("perspective_client.js", *served))
    scores = told["answer"]["attributeScores"]
    assert {name: scores[name]["summaryScore"]["value"] > 0.5 for name in scores} == {
        "TOXICITY": True, "INSULT": True,
    }  # fmt: skip
    assert told["refusal"]["name"] == "ResponseError"
    assert told["refusal"]["message"].startswith("Unknown requested attribute: FLIRTATION")
