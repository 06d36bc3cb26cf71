"""replay: says whether the verdict is the same."""

import json
import uuid

import pytest
from django.core.management import CommandError

from moderation.models import ModerationLog
from moderation.pipeline.moderate import moderate
from moderation.pipeline.submission import Submission
from moderation.rules import change_policy


@pytest.fixture
def stored(arena):
    log = moderate(Submission(arena, "m1", "zed", "general", "Eres un idiota")).log
    change_policy(arena, "tests", {"thresholds": {"flag": 0.8}})
    return log


def test_the_same_verdict_is_said_and_ends_well(stored, command):
    assert "checked again: the same" in command("replay", str(stored.pk))


def test_json_names_versions_and_differences(stored, command):
    found = json.loads(command("replay", str(stored.pk), "--format", "json"))
    assert (found["is_same"], found["verdict"], found["policy_version"]) == (True, "flag", 1)
    assert found["differences"] == {}


def test_another_verdict_is_an_error(stored, command):
    ModerationLog.objects.update(verdict="allow")
    with pytest.raises(CommandError, match="not the same"):
        command("replay", str(stored.pk))


def test_content_that_was_not_kept_says_so(stored, command):
    ModerationLog.objects.update(content="Eres un ******")
    with pytest.raises(CommandError, match="not stored as it was sent"):
        command("replay", str(stored.pk))


def test_unknown_content_is_an_error(arena, command):
    with pytest.raises(CommandError, match="There is no content"):
        command("replay", str(uuid.uuid4()))
