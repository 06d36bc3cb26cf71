"""Clients of other services as published, with only their address and key changed.

All in one file, so that the npm packages are installed once. Python's clients of OpenAI, Azure and
Amazon run in an environment of their own (`make clients`).
"""

import json
import os
import shutil
import subprocess

import httpx
import openai
import pytest
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from moderation.api.reference import document
from tests import messages
from tests.e2e.servers import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.standalone]
CLIENTS = ROOT / ".venv-clients" / "bin" / "python"
JSON = ("-H", "Content-Type: application/json")


# --- Perspective


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


def test_perspectives_npm_client_scores_and_reads_our_errors(served, node):
    told = json.loads(node("perspective_client.js", *served))
    scores = told["answer"]["attributeScores"]
    assert {name: scores[name]["summaryScore"]["value"] > 0.5 for name in scores} == {
        "TOXICITY": True, "INSULT": True,
    }  # fmt: skip
    assert told["refusal"]["name"] == "ResponseError"
    assert told["refusal"]["message"].startswith("Unknown requested attribute: KINDNESS")


# --- OpenAI


def test_openais_python_client_reads_our_answers_and_errors(served):
    address, key = served
    client = openai.OpenAI(api_key=key, base_url=f"{address}/v1", max_retries=0)
    answer = client.moderations.create(model="omni-moderation-latest", input="I will kill you")
    assert answer.results[0].flagged
    assert answer.results[0].categories.harassment_threatening
    assert answer.results[0].category_scores.violence_graphic == 0
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="sk-wrong").moderations.create(input="a")
    client.close()


def test_openais_npm_client_reads_our_answers_and_errors(served, node):
    told = json.loads(node("openai_client.mjs", *served))
    assert [result["flagged"] for result in told["answer"]["results"]] == [False, True]
    assert told["refusal"] == {"name": "BadRequestError", "status": 400, "param": "input"}


# --- Azure and Amazon


def test_the_clouds_npm_clients_read_our_answers_and_errors(served, node):
    told = json.loads(node("cloud_clients.mjs", *served))
    found, refusal = told["azure"]
    assert {one["category"]: one["severity"] for one in found} == {
        "Hate": 0, "SelfHarm": 0, "Sexual": 0, "Violence": 6,
    }  # fmt: skip
    assert refusal == "401"
    assert told["comprehend"] == [
        0.9, 0, "TextSizeLimitExceededException", "UnrecognizedClientException",
    ]  # fmt: skip


# --- Generated clients; tests/api/test_schema.py has one in Python


def test_openapi_typescript_makes_types_that_compile_strictly(node, tmp_path):
    place = tmp_path / "openapi.json"
    place.write_bytes(document())
    assert node("strict_types.mjs", str(place)).strip() == "compiled"


# --- Python's clients of OpenAI, Azure and Amazon


def test_pythons_clients_understand_our_answers_and_errors(served):
    if not CLIENTS.exists():
        missing = "missing: .venv-clients (make clients)"
        (pytest.fail if os.environ.get("CI", "").lower() == "true" else pytest.skip)(missing)
    address, key = served
    script = ROOT / "tests" / "integrations" / "python_clients.py"
    variables = {
        "OPENAI_API_KEY": key, "OPENAI_BASE_URL": f"{address}/v1",
        "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "anything",
        "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL_COMPREHEND": f"{address}/comprehend",
        # Otherwise litellm fetches a list of prices when it is imported.
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }  # fmt: skip
    done = subprocess.run(
        [CLIENTS, script, address, key],
        env={**os.environ, **variables},
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    policy = "Text was found that violates OpenAI's content policy."
    assert told == {
        "litellm": [True, True, 0.9],
        "langchain": ["Hello world", policy, policy],
        "azure": [
            {"Hate": 0, "SelfHarm": 0, "Sexual": 0, "Violence": 6},
            ["HttpResponseError", 400, "InvalidRequestBody"],
            ["ClientAuthenticationError", 401, "401"],
        ],
        "comprehend": [0.0, 0.9],
        "comprehend_token": [0.0, 0.9],
        "comprehend_refusals": [
            ["TextSizeLimitExceededException", "TextSizeLimitExceededException"],
            ["ClientError", "UnrecognizedClientException"],
        ],
    }


# --- The older services


def test_javascript_calls_are_answered_as_documented(served, node):
    told = json.loads(node("older_clients.mjs", *served))
    assert {name: status for name, (status, _) in told.items()} == {
        "moderated": 200, "content": 200, "listed": 200, "stats": 200, "health": 200,
        "struck": 200, "sent": 201, "blocked": 403, "accepted": 202,
    }  # fmt: skip
    answers = {name: answer for name, (_, answer) in told.items()}
    assert (answers["moderated"]["success"], answers["moderated"]["status"]) == (True, "flagged")
    assert answers["content"]["content"]["id"] == answers["moderated"]["content_id"]
    assert (answers["struck"]["strikes"], answers["struck"]["action"]) == (1, "WARNING")
    assert answers["blocked"]["moderation"]["blocked"] is True


def test_python_calls_are_answered_as_documented(served):
    address, _ = served
    reviewer = messages.key(messages.Project.objects.get(), "check", "review")
    with httpx.Client(base_url=address, headers={"X-API-Key": reviewer}) as client:
        body = {"content": "test@example.com", "user_id": "u1", "chat_id": "c1"}
        answer = client.post("/api/moderate", json=body).json()
        reviewed = client.post(
            f"/api/admin/moderation/review/{answer['message_id']}",
            params={"approved": True, "notes": "own address"},
        )
        flagged = client.get("/api/admin/moderation/flagged", params={"skip": 0, "limit": 20})
        stats = client.get("/api/admin/moderation/stats")
    assert (answer["action"], answer["flagged"]) == ("WARNING", True)
    assert reviewed.json() == {"message_id": answer["message_id"], "approved": True}
    assert (flagged.json()["total"], stats.json()["stats_24h"]["total"]) == (0, 1)


def test_curl_calls_are_answered_as_documented(served):
    curl = shutil.which("curl") or pytest.skip("missing: curl")
    address, key = served
    body = '{"content": "Hello", "user_id": "u1", "chat_id": "c1"}'
    command = [curl, "-s", "-X", "POST", f"{address}/api/moderate", *JSON]
    command += ["-H", f"X-API-Key: {key}", "-d", body]
    done = subprocess.run(command, check=True, capture_output=True, timeout=30)
    assert json.loads(done.stdout)["approved"] is True
