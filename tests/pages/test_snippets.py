"""The calls that a new key's page shows work as they are, in each language."""

import shutil
import subprocess
import sys

import pytest

from moderation.models import ModerationLog
from moderation.pages.keys import SAMPLE
from moderation.pages.snippets import snippets
from tests import messages

pytestmark = pytest.mark.django_db(transaction=True)
RUNNERS = {
    "curl": ("bash", "-c"),
    "python": (sys.executable, "-c"),
    "javascript": ("node", "-e"),
}


@pytest.mark.parametrize("language", RUNNERS)
def test_a_snippet_runs_as_it_stands(live_server, arena, language):
    program = "curl" if language == "curl" else RUNNERS[language][0]
    if not shutil.which(program):
        pytest.skip(f"missing program: {program}")
    key = messages.key(arena, "check", "read")
    body = {**SAMPLE, "content": 'It\'s "fine" & <well>'}
    calls = {"moderation/check": body, "reviews": None}
    for path, sent in calls.items():
        shown = snippets(f"{live_server.url}/api/v1/{path}", key, sent)
        text = next(one.text for one in shown if one.id == language)
        done = subprocess.run(
            [*RUNNERS[language], text], check=True, capture_output=True, text=True, timeout=60
        )
        answer = done.stdout.strip().strip("{}").replace("'", '"')
        assert ("is_approved" if sent else "results") in answer
    assert ModerationLog.objects.get().content == body["content"]
