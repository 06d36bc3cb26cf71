"""load_demo: a sign-in that nobody can guess, believable chat, safe to repeat."""

import json
import shlex

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.utils import timezone

from moderation.identity import caller_of_key
from moderation.management.demo.messages import MESSAGES
from moderation.models import ApiKey, AuditEntry, Membership, ModerationLog, OutboxEvent, Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR, settings.OPEN_PROJECT = tmp_path, "demo"
    return tmp_path


@pytest.fixture
def demo(var, command):
    command("load_demo")
    return json.loads((var / "demo.json").read_text())


def state():
    counted = (Project, User, Membership, ApiKey, ModerationLog, OutboxEvent, AuditEntry)
    passwords = list(User.objects.order_by("pk").values_list("password", flat=True))
    return [model.objects.count() for model in counted], passwords


def test_sign_in_is_written_for_its_owner_alone(demo, var):
    assert set(demo) == {"url", "username", "password", "api_key", "project"}
    assert (var / "demo.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in var.iterdir()] == ["demo.json"]


def test_password_and_key_of_the_file_work(demo):
    assert User.objects.get(username="admin", is_superuser=True).check_password(demo["password"])
    assert caller_of_key(demo["api_key"]).scopes == {"check", "read", "review"}
    assert set(Membership.objects.values_list("user__username", "role")) == {
        ("admin", "owner"), ("noor", "moderator"),
    }  # fmt: skip


def test_a_second_load_changes_nothing(demo, var, command):
    before, file = state(), (var / "demo.json").read_text()
    command("load_demo")
    assert (state(), (var / "demo.json").read_text()) == (before, file)


def test_messages_lie_in_the_past_in_three_languages(demo):
    logs = ModerationLog.objects.all()
    assert logs.count() == len(MESSAGES) >= 60
    assert {"en", "es", "ur-Latn"} <= set(logs.values_list("language", flat=True))
    assert 3 <= logs.filter(status="flagged").count() <= 12
    assert not logs.filter(created_at__gt=timezone.now()).exists()


def test_charts_have_a_history(demo):
    days = {at.date() for at in OutboxEvent.objects.values_list("created_at", flat=True)}
    assert len(days) >= 5


def test_a_lost_file_is_made_again_with_a_new_password_and_key(demo, var, command):
    (var / "demo.json").unlink()
    command("load_demo")
    again = json.loads((var / "demo.json").read_text())
    assert again["password"] != demo["password"]
    assert ApiKey.objects.filter(revoked_at=None).count() == 1
    assert ModerationLog.objects.count() == len(MESSAGES)


def test_a_lost_database_is_loaded_anew(demo, command):
    AuditEntry.objects.all().delete()
    Project.objects.all().delete()
    User.objects.all().delete()
    command("load_demo")
    assert ModerationLog.objects.count() == len(MESSAGES)


def test_an_account_of_a_stranger_is_left_alone(var, command):
    User.objects.create_superuser("admin", password="the-strangers-own")
    with pytest.raises(CommandError, match="'admin' is a person here already"):
        command("load_demo")
    assert User.objects.get().check_password("the-strangers-own")
    assert not Project.objects.exists()
    assert list(var.iterdir()) == []


def test_printed_curl_line_needs_no_key_where_the_demo_is_open(demo, command, client, monkeypatch):
    monkeypatch.setenv("PORT", "8123")
    words = shlex.split(command("load_demo").splitlines()[-1])
    assert words[2] == "http://127.0.0.1:8123/api/v1/moderation/check"
    path = words[2].removeprefix("http://127.0.0.1:8123")
    answer = client.post(path, words[-1], content_type="application/json")
    assert (answer.status_code, answer.json()["verdict"]) == (200, "flag")


def test_printed_curl_line_reads_the_key_where_no_project_is_open(demo, command, settings):
    settings.OPEN_PROJECT = ""
    said = command("load_demo")
    assert "X-API-Key: $(python3" in said
    assert demo["password"] not in said
    assert demo["api_key"] not in said
