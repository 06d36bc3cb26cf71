"""The calls of the older services' documents by JavaScript, Python and curl, over a real socket."""

import json
import shutil
import subprocess

import httpx
import pytest

from tests import messages

pytestmark = pytest.mark.slow
JSON = ("-H", "Content-Type: application/json")


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
