"""A project to command, and a way to run a command as the shell does.

Other modules are imported inside the fixtures: Django is not ready when this file is read.
"""

import io
from importlib import import_module

import pytest
from django.core.management import call_command


@pytest.fixture
def arena(db):
    projects = import_module("moderation.accounts.projects")
    made = projects.create_project("arena", name="Arena", preset="balanced", actor="tests")
    import_module("moderation.rules.active").invalidate(made)
    return made


@pytest.fixture
def command():
    def run(*words):
        out = io.StringIO()
        call_command(*words, stdout=out)
        return out.getvalue().strip()

    return run


@pytest.fixture
def log(arena):
    """Store a content that was judged then."""

    logs = import_module("moderation.models").ModerationLog.objects

    def store(judged_at, **fields):
        allowed = {
            "content": "hello", "verdict": "allow", "status": "approved", "is_approved": True,
            "is_violation": False, "score": 0.0, "policy_version": 1, "ruleset_version": 0,
            "processing_seconds": 0.0, "user_id": "ana", "channel_id": "lobby",
            "message_id": str(logs.count()),
        }  # fmt: skip
        times = {"created_at": judged_at, "judged_at": judged_at}
        return logs.create(project=arena, **times, **{**allowed, **fields})

    return store
