"""What keys may not do: outlive their maker, be empty, or fail a command with a page of usage."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.models import ApiKey, Invitation, ModerationLog
from tests.api.clients import Api, message
from tests.e2e.servers import ROOT
from tests.messages import key

DAY = timedelta(days=1)
KEY = {"name": "our bot", "scopes": ["admin"]}


@pytest.fixture
def ends():
    return timezone.now() + DAY


@pytest.fixture
def temporary(arena, ends):
    """A client whose key ends tomorrow."""
    return Api(key(arena, "admin", expires_at=ends))


@pytest.mark.parametrize("later", [None, timedelta(seconds=1)])
def test_a_key_makes_none_that_outlives_it(temporary, ends, later):
    body = KEY if later is None else {**KEY, "expires_at": (ends + later).isoformat()}
    answer = temporary.post("keys", body)
    assert answer.status_code == 422
    assert [row["field"] for row in answer.json()["errors"]] == ["expires_at"]
    assert ApiKey.objects.count() == 1


def test_a_key_makes_one_that_ends_with_it(temporary, ends):
    assert temporary.post("keys", {**KEY, "expires_at": ends.isoformat()}).status_code == 201


def test_a_key_rotates_none_that_outlives_it(arena, temporary):
    key(arena, "check")
    lasting = ApiKey.objects.get(expires_at=None)
    assert temporary.post(f"keys/{lasting.pk}/rotate", {}).status_code == 422
    own = ApiKey.objects.exclude(expires_at=None).get()
    assert temporary.post(f"keys/{own.pk}/rotate", {}).status_code == 201


def test_a_key_invites_nobody_for_after_its_end(temporary, ends):
    answer = temporary.post("invitations", {"role": "admin", "days": 90})
    assert (answer.status_code, Invitation.objects.get().expires_at) == (201, ends)


@pytest.mark.parametrize("name", ["user:7", "User :7", "key:1 made by user:7", "chat:1:ana"])
def test_a_key_cannot_be_called_like_an_identity(arena, name):
    answer = Api(key(arena, "admin")).post("keys", {**KEY, "name": name})
    assert answer.status_code == 422
    assert [row["field"] for row in answer.json()["errors"]] == ["name"]


def test_a_key_without_an_end_makes_what_it_wants(arena):
    assert Api(key(arena, "admin")).post("keys", KEY).status_code == 201


@pytest.mark.parametrize(
    "header", [{"X-API-Key": ""}, {"X-API-Key": " "}, {"Authorization": "Bearer "}], ids=str
)
def test_an_empty_key_is_401_where_a_project_is_open(arena, settings, header):
    settings.OPEN_PROJECT = "arena"
    answer = Api(**header).post("moderation/check", message())
    assert answer.status_code == 401
    assert ModerationLog.objects.count() == 0


@pytest.mark.standalone
def test_a_wrong_scope_is_refused_in_one_line():
    words = ["manage.py", "create_api_key", "arena", "--name", "bot", "--scopes", "chek"]
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=os.environ, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "'chek'" in done.stderr
