"""doctor: says what is well and what is broken, and what to do about it."""

import json
import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError
from django.utils import timezone

from moderation import rules
from moderation.accounts.audit_chain import append_to_chain
from moderation.delivery.webhooks import managing
from moderation.management import checkup
from moderation.models import (
    AuditEntry,
    Destination,
    Lease,
    ModelVersion,
    OutboxEvent,
    WebhookDelivery,
)
from tests.taught import DATA, taught

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]
ABOUT = {
    "settings", "clock", "database", "texts", "redis", "rabbitmq", "discord", "model", "relay",
    "webhooks", "audit", "disk",
}  # fmt: skip


@pytest.fixture
def leading():
    until = timezone.now() + timedelta(seconds=60)
    Lease.objects.create(name="relay", holder="tests", expires_at=until)


def found(about):
    return [one for one in checkup.findings(timezone.now()) if one.about == about]


def test_all_is_told_as_json(arena, command, leading):
    told = json.loads(command("doctor", "--format", "json"))
    assert {one["about"] for one in told} == ABOUT
    assert all(one["to_do"] for one in told if one["state"] != "ok")


def test_what_is_broken_ends_it_with_one(arena, command):
    with pytest.raises(CommandError, match="Broken: relay"):
        command("doctor")


def test_a_project_model_that_is_not_asked_is_a_warning(arena):
    version = rules.store_model(arena, "tests", taught(), DATA)
    rules.activate_model(arena, "tests", version.number)
    assert [one.state for one in found("model")] == ["ok"]
    ModelVersion.objects.update(base="another")
    assert [one.state for one in found("model")] == ["ok", "warning"]
    assert "train_model --project arena" in found("model")[1].to_do


def test_an_event_written_since_the_doctor_began_is_not_from_the_future(arena):
    began = timezone.now() - timedelta(seconds=30)
    OutboxEvent.objects.create(project=arena, audience="house", type="x", data={}, sent_at=began)
    assert [one.state for one in checkup.of_clock(began)] == ["ok"]


def test_what_each_check_finds(arena, leading, settings, monkeypatch):
    later = timezone.now() + timedelta(hours=1)
    OutboxEvent.objects.create(
        project=arena, audience="house", type="x", data={}, created_at=later, sent_at=later, seq=1
    )
    assert found("clock")[0].state == "error"
    hook = {"name": "ours", "url": "https://example.org", "events": ["review_update"]}
    webhook, _ = managing.create_webhook(arena, hook, actor="tests")
    managing.send_test(webhook, actor="tests", now=timezone.now() - timedelta(hours=1))
    assert [one.state for one in found("webhooks")] == ["error"]
    WebhookDelivery.objects.all().delete()
    webhook.failing_since = timezone.now()
    webhook.save()
    assert [one.state for one in found("webhooks")] == ["warning", "ok"]
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=1))
    assert {one.state for one in found("disk")} == {"error"}
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert found("redis")[0].state == "error"
    settings.AMQP_URL = "amqp://127.0.0.1:1/"
    assert found("rabbitmq")[0].state == "error"
    settings.WEBHOOK_ALLOW_PRIVATE = True
    assert any("private network" in one.said for one in found("settings"))


def test_an_altered_audit_log_and_a_check_that_breaks(arena, monkeypatch):
    append_to_chain(timezone.now())
    assert found("audit")[0].state == "ok"
    AuditEntry.objects.filter(position=1).update(actor="mallory")
    assert "place 1" in found("audit")[0].said

    def breaks(now):
        raise OSError("no such thing")

    monkeypatch.setitem(checkup.CHECKS, "disk", breaks)
    assert found("disk")[0].said == "could not be checked: no such thing"


def test_a_bot_that_should_run_and_does_not_is_a_warning(arena, settings):
    assert found("discord")[0].said == "not configured"
    settings.DISCORD_TOKEN = "token"
    assert found("discord")[0].state == "warning"
    bot = Destination.objects.create(name="discord", is_connected=True)
    assert found("discord")[0].state == "ok"
    bot.checked_at = timezone.now() - timedelta(minutes=2)
    bot.save()
    assert found("discord")[0].state == "warning"


def test_a_leader_that_cannot_publish_is_a_warning(arena, settings, monkeypatch):
    settings.AMQP_URL = "amqp://127.0.0.1/"
    monkeypatch.setattr(checkup, "rabbitmq_state", lambda: "connected")
    assert [one.state for one in found("rabbitmq")] == ["ok"]
    Destination.objects.create(name="rabbitmq", error="access refused")
    assert [one.state for one in found("rabbitmq")] == ["ok", "warning"]
