"""Recording beside the old address: what goes there, what is answered, what is written."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import call_command

from tests.integrations.perspective import analyze

THEIRS = {
    "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0.77, "type": "PROBABILITY"}}},
    "languages": ["en"],
}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.asked.append((self.path, json.loads(self.rfile.read(length))))
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def old(settings, tmp_path):
    """The old address, which answers with THEIRS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answer = [], (200, json.dumps(THEIRS).encode())
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    place = f"127.0.0.1:{server.server_port}"
    settings.PERSPECTIVE_PROXY_URL = f"http://{place}/v1alpha1/"
    settings.PERSPECTIVE_PROXY_KEY = "AIza/old"
    settings.PERSPECTIVE_PROXY_PROJECTS = ["arena"]
    settings.PERSPECTIVE_PROXY_FOLDER = str(tmp_path / "perspective")
    settings.OUTGOING_ALLOW = [place]
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "perspective" / "arena.jsonl"


def test_the_request_goes_on_with_the_old_key_and_their_scores_come_back(key, old, file):
    response = analyze(key, "Shut up idiot", languages=["en"], doNotStore=True)
    assert (response.json(), response.headers["X-Gavel-Recorded"]) == (THEIRS, "yes")
    ((path, body),) = old.asked
    assert path == "/v1alpha1/comments:analyze?key=AIza/old"
    assert body == {
        "comment": {"text": "Shut up idiot"}, "requestedAttributes": {"TOXICITY": {}},
        "languages": ["en"], "doNotStore": True,
    }  # fmt: skip


def test_both_scores_are_written_for_the_owner_alone(key, old, file):
    for text in ("Shut up idiot", "Grüße"):
        analyze(key, text)
    first, second = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert (first["text"], second["text"]) == ("Shut up idiot", "Grüße")
    assert first["attributeScores"] == THEIRS["attributeScores"]
    assert first["ours"]["TOXICITY"] >= 0.5 > second["ours"]["TOXICITY"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_compare_reads_what_was_recorded(arena, key, old, file, capsys):
    analyze(key, "Shut up idiot")
    call_command("compare", "--perspective-log", str(file))
    assert "TOXICITY: 1 texts" in capsys.readouterr().out


FAILURES = [(500, b"{}"), (403, b'{"error": {}}'), (200, b"<html>"), (200, b"[]"), (200, b"{}")]


@pytest.mark.parametrize("answer", FAILURES)
def test_if_the_old_address_fails_the_answer_has_our_scores(key, old, file, answer):
    old.answer = answer
    response = analyze(key, "Shut up idiot")
    assert response.json()["attributeScores"]["TOXICITY"]["summaryScore"]["value"] >= 0.5
    assert (response.headers["X-Gavel-Recorded"], file.exists()) == ("no", False)


def test_a_private_address_that_nobody_allowed_is_not_called(key, old, settings):
    settings.OUTGOING_ALLOW = []
    assert analyze(key, "Hello").headers["X-Gavel-Recorded"] == "no"
    assert old.asked == []


def test_other_projects_comments_stay_here(key, old, settings):
    settings.PERSPECTIVE_PROXY_PROJECTS = ["valley"]
    assert "X-Gavel-Recorded" not in analyze(key, "Hello").headers
    assert old.asked == []
