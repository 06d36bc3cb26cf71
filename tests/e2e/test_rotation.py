"""Texts get another key while servers write: each stays readable, and none keeps the old key."""

import json
import subprocess
import sys
import threading
import urllib.request

import pytest

from tests.e2e.servers import ROOT, LiveServer, environment_of
from tests.e2e.stores import stored
from tests.e2e.test_kill import Streamer

pytestmark = [pytest.mark.slow, pytest.mark.standalone]
OLD, NEW = (
    "b2xkIG9sZCBvbGQgb2xkIG9sZCBvbGQgb2xkIG9sZCE=",
    "bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3IG5ldyE=",
)
SENT_BEFORE, SENT_MEANWHILE = 60, 30


def rotate(database_url, keys):
    """Return what the command counted."""
    done = subprocess.run(
        [sys.executable, "manage.py", "rotate_content_keys", "--format", "json"],
        cwd=ROOT, env=environment_of(database_url, CONTENT_ENCRYPTION_KEYS=keys),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def texts_of(server, key):
    """Return the text of each message by its id, over all pages."""
    found, page = {}, f"{server.url}/api/v1/logs?project=arena&limit=100"
    while page:
        asked = urllib.request.Request(page, headers={"X-API-Key": key})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            listed = json.load(answer)
        found |= {row["message_id"]: row["content"] for row in listed["results"]}
        page = listed["next"]
    return found


class Writer(Streamer):
    """Remembers what it sent."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.sent = {}

    def _post(self, body):
        self.sent[body["message_id"]] = body["content"]
        return super()._post(body)


def test_texts_get_another_key_while_a_server_writes(database_url, tmp_path):
    key = stored(database_url, "make", "check", "read", CONTENT_ENCRYPTION_KEYS=OLD)
    server = LiveServer(database_url, tmp_path / "old", CONTENT_ENCRYPTION_KEYS=OLD)
    changing = LiveServer(database_url, tmp_path / "both", CONTENT_ENCRYPTION_KEYS=f"{NEW},{OLD}")
    changed = LiveServer(database_url, tmp_path / "new", CONTENT_ENCRYPTION_KEYS=NEW)
    sent = {}
    try:
        server.start()
        sent |= written(server.port, key, 1, lambda writer: len(writer.answers) >= SENT_BEFORE)
        server.stop()
        changing.start()
        counted = []

        def rotated_meanwhile(writer):
            if not counted:
                counted.append(rotate(database_url, f"{NEW},{OLD}"))
            return len(writer.answers) >= SENT_MEANWHILE

        sent |= written(changing.port, key, 2, rotated_meanwhile)
        assert counted[0]["changed"] >= SENT_BEFORE
        assert rotate(database_url, f"{NEW},{OLD}")["changed"] == 0
        changing.stop()
        changed.start()
        assert texts_of(changed, key) == sent
    finally:
        for one in (server, changing, changed):
            one.stop()


def written(port, key, number, is_enough):
    """Let somebody write until it is enough; return the texts of all answered messages."""
    stopped = threading.Event()
    writer = Writer(number, port, key, stopped)
    writer.start()
    while not is_enough(writer):
        writer.join(0.05)
        assert writer.is_alive()
    stopped.set()
    writer.join()
    assert writer.refused == []
    return writer.sent
