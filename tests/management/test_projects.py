"""create_project, create_api_key, add_member: what they make, print and refuse."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError

from moderation.accounts.key_lookup import caller_of_key
from moderation.models import ApiKey, Membership, PolicyVersion, Project

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.django_db


def shell(tmp_path, *words):
    """Run manage.py on a database of its own."""
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'shell.sqlite3'}"}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT, env={**os.environ, **database}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_create_project_prints_the_slug(command):
    assert command("create_project", "arena", "--preset", "strict") == "arena"
    assert PolicyVersion.objects.get(project__slug="arena").data["preset"] == "strict"


def test_create_project_refuses_a_slug_that_is_taken(arena, command):
    with pytest.raises(CommandError, match="There is already a project 'arena'"):
        command("create_project", "arena")


def test_create_project_refuses_a_slug_with_capitals(command):
    with pytest.raises(CommandError, match=r"slug: .*lower-case"):
        command("create_project", "Arena")
    assert not Project.objects.exists()


@pytest.mark.slow
def test_shell_sees_exit_code_1_and_one_line_for_a_slug_that_is_taken(tmp_path):
    shell(tmp_path, "migrate", "--verbosity", "0")
    first, second = (shell(tmp_path, "create_project", "arena") for _ in range(2))
    assert (first.returncode, first.stdout) == (0, "arena\n")
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == "CommandError: There is already a project 'arena'.\n"


@pytest.mark.slow
def test_shell_sees_one_line_where_nothing_was_migrated(tmp_path):
    done = shell(tmp_path, "create_project", "arena")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "migrated?" in done.stderr


@pytest.mark.slow
def test_shell_sees_a_failure_for_a_missing_argument(tmp_path):
    done = shell(tmp_path, "create_api_key", "arena")
    assert done.returncode == 2
    assert done.stderr.endswith("the following arguments are required: --name\n")


def test_create_api_key_prints_the_key_alone(arena, command):
    key = command("create_api_key", "arena", "--name", "bot", "--scopes", "check,review")
    assert caller_of_key(key).scopes == {"check", "review"}
    assert key not in str(ApiKey.objects.values().get())


def test_create_api_key_keeps_rates_and_expiry(arena, command):
    command("create_api_key", "arena", "--name", "bot", "--rate-per-minute=5", "--expires=2")
    key = ApiKey.objects.get()
    assert (key.rate_per_minute, key.rate_per_hour) == (5, None)
    assert (key.expires_at - key.created_at).days in {1, 2}


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["arena", "--name", "x", "--scopes", "write"], "must be a comma list of check, read"),
        (["arena", "--name", "x", "--rate-per-minute", "0"], "not a whole number from 1"),
        (["arena", "--name", "x" * 101], "1 to 100 characters"),
        (["forum", "--name", "x"], "no project 'forum'; there are: arena"),
    ],
    ids=["scope", "rate", "name", "project"],
)
def test_create_api_key_refuses_what_makes_no_sense(arena, command, words, error):
    with pytest.raises(CommandError, match=error):
        command("create_api_key", *words)
    assert not ApiKey.objects.exists()


def test_add_member_gives_and_changes_a_role(arena, command):
    User.objects.create_user("noor")
    command("add_member", "arena", "noor", "--role", "viewer")
    command("add_member", "arena", "noor", "--role", "admin")
    assert Membership.objects.get().role == "admin"


def test_add_member_makes_the_person_with_the_password_of_a_variable(arena, command, monkeypatch):
    monkeypatch.setenv("NOOR_PASSWORD", "quite-a-long-phrase")
    email = ["--email", "noor@example.org", "--password-env", "NOOR_PASSWORD"]
    said = command("add_member", "arena", "noor", "--role", "moderator", "--create", *email)
    assert said == "noor is moderator of arena"
    assert User.objects.get(email="noor@example.org").check_password("quite-a-long-phrase")


def test_add_member_without_a_password_makes_a_person_who_cannot_sign_in(arena, command):
    command("add_member", "arena", "noor", "--role", "viewer", "--create")
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["noor", "--role", "viewer"], "no 'noor'; --create"),
        (["noor", "--role", "king"], "invalid choice: 'king'"),
        (["noor", "--role", "viewer", "--email", "a@b.org"], "for --create only"),
        (["noor", "--role", "viewer", "--create", "--password-env", "UNSET_X"], "UNSET_X is not"),
        (["noor", "--role", "viewer", "--create", "--password-env", "SHORT"], "too short"),
        (["no or", "--role", "viewer", "--create"], "username: Enter a valid username"),
        (["ana", "--role", "viewer", "--create"], "already an account 'ana'"),
    ],
    ids=["unknown", "role", "email", "variable", "password", "username", "taken"],
)
def test_add_member_refuses_and_changes_nothing(arena, command, monkeypatch, words, error):
    monkeypatch.setenv("SHORT", "zebra7")
    User.objects.create_user("ana")
    with pytest.raises(CommandError, match=error):
        command("add_member", "arena", *words)
    assert (User.objects.count(), Membership.objects.count()) == (1, 0)
