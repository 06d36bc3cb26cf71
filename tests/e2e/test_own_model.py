"""A server judges by the project's own model soon after a command, another process, says so."""

import json
import time
import urllib.request

import pytest

from tests import dumps
from tests.e2e.servers import LiveServer
from tests.e2e.stores import stored
from tests.taught import TEXT

pytestmark = [pytest.mark.slow, pytest.mark.standalone]


def verdict(server, key):
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    body = json.dumps({"text": TEXT}).encode()
    path = f"{server.url}/api/v1/moderation/analyze"
    with urllib.request.urlopen(urllib.request.Request(path, body, headers), timeout=60) as answer:
        return json.loads(answer.read())["verdict"]


def becomes(server, key, expected):
    """Ask until the verdict is this one, for a minute: machines may be busy."""
    ends_at = time.monotonic() + 60
    while (found := verdict(server, key)) != expected and time.monotonic() < ends_at:
        time.sleep(0.1)
    return found == expected


def test_a_server_hears_of_activation_and_of_the_way_back(tmp_path, monkeypatch):
    monkeypatch.setenv("TOXICITY_MODEL", "bundled")
    url = f"sqlite:///{tmp_path / 'models.sqlite3'}"
    key = stored(url, "make", "check")
    stored(url, "model")
    server = LiveServer(url, tmp_path / "server.log")
    server.start()
    try:
        assert verdict(server, key) == "allow"
        assert "Model 1 judges now" in dumps.manage(url, "train_model", "--activate")
        assert becomes(server, key, "flag")
        assert "The bundled model judges" in dumps.manage(url, "train_model", "--roll-back")
        assert becomes(server, key, "allow")
    finally:
        server.stop()
