"""doctor names each setting that is wrong, and what to do about it."""

import socket
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone

from moderation.management.settings_checkup import CHECKS, faults
from tests.factories import make_caller, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(settings, tmp_path):
    """Settings with which nothing is wrong."""
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["mod.example.org"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://mod.example.org"]
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1/32")]
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.HAS_MAIL = True
    settings.DEFAULT_FROM_EMAIL = "Gavel <gavel@example.org>"
    settings.OPEN_PROJECT = settings.QUEUE_PROJECT = settings.AUDIT_ANCHOR_FILE = ""
    settings.REDIS_URL = ""
    settings.SESSION_LONGEST = timedelta(days=14)
    settings.LOGGING = logging_at("INFO")
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir(mode=0o700)
    settings.BASE_DIR = tmp_path
    return settings


def database(**fields):
    """Pretend that the database is a PostgreSQL elsewhere."""

    def plant(_settings, monkeypatch):
        monkeypatch.setattr(connections["default"], "vendor", "postgresql")
        monkeypatch.setitem(connections["default"].settings_dict, "HOST", fields["host"])

    return plant


def plain(name, value):
    return lambda settings, _monkeypatch: setattr(settings, name, value)


def logging_at(level):
    return {"loggers": {"moderation": {"level": level}}}


def readable_env(settings, _monkeypatch):
    path = Path(settings.BASE_DIR) / ".env"
    path.write_text("SECRET_KEY=x")
    path.chmod(0o644)


def readable_var(settings, _monkeypatch):
    Path(settings.VAR_DIR).chmod(0o755)


def anchors_beside_the_database(settings, _monkeypatch):
    settings.AUDIT_ANCHOR_FILE = str(settings.VAR_DIR / "anchors")


def redis_with_sqlite(settings, monkeypatch):
    monkeypatch.setattr(connections["default"], "vendor", "sqlite")
    settings.REDIS_URL = "redis://127.0.0.1:6379/0"


def mail_server_away(settings, _monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as closed_at_once:
        settings.EMAIL_HOST, settings.EMAIL_PORT = closed_at_once.getsockname()


PLANTED = {
    "sender is no address": (
        plain("DEFAULT_FROM_EMAIL", "not an address"), "EMAIL_FROM is no address",
    ),
    "mail server away": (mail_server_away, "EMAIL_URL's server 127.0.0.1"),
    "recorded project missing": (
        plain("PERSPECTIVE_PROXY_PROJECTS", ["nowhere"]),
        "PERSPECTIVE_PROXY_PROJECTS names nowhere",
    ),
    "open project missing": (plain("OPEN_PROJECT", "nowhere"), "OPEN_PROJECT names nowhere"),
    "queue project missing": (plain("QUEUE_PROJECT", "nowhere"), "QUEUE_PROJECT names nowhere"),
    "open project public": (plain("OPEN_PROJECT", "nowhere"), "answers anybody"),
    "no owner": (lambda _settings, _patch: make_project("den"), "no owner: den"),
    "folder of anchors": (plain("AUDIT_ANCHOR_FILE", "/nowhere/a"), "does not exist"),
    "anchors beside": (anchors_beside_the_database, "beside the database"),
    "current key": (lambda settings, _patch: setattr(
        settings, "SECRET_KEY_FALLBACKS", [settings.SECRET_KEY]), "current SECRET_KEY"),
    "redis with sqlite": (redis_with_sqlite, "several machines cannot share"),
    "sender": (plain("DEFAULT_FROM_EMAIL", "gavel@localhost"), "EMAIL_FROM"),
    "hosts": (plain("ALLOWED_HOSTS", ["192.0.2.1", "localhost"]), "ALLOWED_HOSTS"),
    "origins": (plain("CSRF_TRUSTED_ORIGINS", ["http://a.example"]), "without TLS"),
    "proxies": (plain("TRUSTED_PROXIES", [ip_network("0.0.0.0/0")]), "choose their address"),
    "hsts": (plain("SECURE_HSTS_SECONDS", 0), "HSTS_SECONDS"),
    "log level": (plain("LOGGING", logging_at("DEBUG")), "LOG_LEVEL=DEBUG"),
    "sessions": (plain("SESSION_LONGEST", timedelta(days=400)), "400 days"),
    "mail": (plain("HAS_MAIL", False), "EMAIL_URL"),
    "database": (database(host="db.example.org"), "may go without TLS"),
    "redis": (plain("REDIS_URL", "redis://redis.example.org:6379/0"), "without a password"),
    "var": (readable_var, "can read var"),
    "env": (readable_env, "can read .env"),
    "superuser": (lambda _settings, _patch: User.objects.create_superuser("root"), "second step"),
}  # fmt: skip


def test_nothing_is_wrong_with_good_settings(production):
    make_caller(make_project("arena"), "owner")
    assert list(faults()) == []


@pytest.mark.parametrize(("plant", "said"), PLANTED.values(), ids=PLANTED)
def test_planted_fault_is_named_with_what_to_do(production, monkeypatch, plant, said):
    plant(production, monkeypatch)
    found = [fault for fault in faults() if said in fault.said]
    assert len(found) == 1
    assert found[0].to_do


def test_there_are_more_than_fifteen():
    assert len(CHECKS) > 15
    assert len(PLANTED) > len(CHECKS)


def test_a_deleted_project_counts_as_none(production):
    forum = make_project("forum")
    forum.deleted_at = timezone.now()
    forum.save()
    for name in ("OPEN_PROJECT", "QUEUE_PROJECT"):
        setattr(production, name, "forum")
    production.PERSPECTIVE_PROXY_PROJECTS = ["forum"]
    found = " ".join(fault.said for fault in faults())
    for name in ("OPEN_PROJECT", "QUEUE_PROJECT", "PERSPECTIVE_PROXY_PROJECTS"):
        assert f"{name} names forum, which does not exist" in found
    # Nobody need own it.
    assert "no owner: forum" not in found
