"""A wrong setting stops the start with one line that names the variable."""

import os
import runpy
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.e2e.servers import ROOT

pytestmark = pytest.mark.standalone

STRONG_KEY = "k3y-" + "abcdefghij0123456789" * 3
SAFE = {"DEBUG": "false", "SECRET_KEY": STRONG_KEY, "ALLOWED_HOSTS": "gavel.example.org"}
COMMAND = [sys.executable, "manage.py", "diffsettings"]


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **SAFE, **variables}
    return subprocess.run(
        COMMAND, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_safe_production_settings_start():
    assert start().returncode == 0


@pytest.mark.parametrize(
    ("named", "variables"),
    [
        ("SECRET_KEY", {"SECRET_KEY": ""}),
        ("SECRET_KEY", {"SECRET_KEY": "short"}),
        ("SECRET_KEY", {"SECRET_KEY": "django-insecure-" + STRONG_KEY}),
        ("SECRET_KEY", {"SECRET_KEY": "a" * 64}),
        ("SECRET_KEY", {"SECRET_KEY": "-".join(["changeme"] * 8)}),
        ("SECRET_KEY", {"SECRET_KEY": "Change-Me: " + STRONG_KEY}),
        ("SECRET_KEY", {"SECRET_KEY": STRONG_KEY[:31]}),
        ("CONTENT_ENCRYPTION_KEYS", {"CONTENT_ENCRYPTION_KEYS": f"{STRONG_KEY},hidden-short"}),
        ("CONTENT_ENCRYPTION_KEYS", {"CONTENT_ENCRYPTION_KEYS": f"{STRONG_KEY},{STRONG_KEY}"}),
        ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": ""}),
        ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": ".com"}),
        ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "gavel.example.org,*.example.org"}),
        ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "gavel.example.org,*"}),
        ("OPEN_PROJECT", {"OPEN_PROJECT": "demo"}),
        ("DEBUG", {"DEBUG": "maybe"}),
        ("DATABASE_URL", {"DATABASE_URL": "mysql://u:hidden@host/name"}),
        ("DATABASE_URL", {"DATABASE_URL": "nonsense"}),
        ("REDIS_URL", {"REDIS_URL": "localhost:6379"}),
        ("RATE_LIMIT_REQUESTS_PER_MINUTE", {"RATE_LIMIT_REQUESTS_PER_MINUTE": "many"}),
        ("WS_EVENTS_PER_MINUTE", {"WS_EVENTS_PER_MINUTE": "-1"}),
        ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "10.0.0.0/99"}),
        ("OIDC_ISSUER", {"OIDC_ISSUER": "http://login.example.org"}),
        ("OIDC_CLIENT_ID", {"OIDC_ISSUER": "https://login.example.org"}),
        (
            "OIDC_CLIENT_SECRET",
            {"OIDC_ISSUER": "https://login.example.org", "OIDC_CLIENT_ID": "gavel"},
        ),
        ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": "Remote-User"}),
        (
            "REMOTE_USER_HEADER",
            {"REMOTE_USER_HEADER": "Remote_User", "TRUSTED_PROXIES": "10.0.0.0/24"},
        ),
        ("CSRF_TRUSTED_ORIGINS", {"CSRF_TRUSTED_ORIGINS": "example.org"}),
        ("LOG_LEVEL", {"LOG_LEVEL": "LOUD"}),
        ("LOG_FORMAT", {"LOG_FORMAT": "xml"}),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value.values()))[:24],
)
def test_wrong_value_is_refused_by_name(monkeypatch, named, variables):
    for variable, value in {**SAFE, **variables}.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(ImproperlyConfigured, match=f"^{named}") as refused:
        runpy.run_path(str(ROOT / "moderation_site" / "settings.py"))
    assert len(str(refused.value).splitlines()) == 1
    assert "hidden" not in str(refused.value)


def test_a_refused_start_ends_with_one_line():
    refused = start(SECRET_KEY="short")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Not started: SECRET_KEY")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.slow
def test_open_project_may_be_made_public_on_purpose():
    assert start(OPEN_PROJECT="demo", OPEN_PROJECT_PUBLIC="true").returncode == 0


def test_development_needs_no_key():
    assert start(DEBUG="true", SECRET_KEY="", ALLOWED_HOSTS="").returncode == 0
