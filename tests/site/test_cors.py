"""CORS_ORIGINS: pages of these origins may call the API with a key, never with a session."""

import os
import subprocess
import sys

import pytest
from django.test import override_settings

PAGE = "https://chat.example"
ADDRESSES = [
    "/api/v1/moderation/check", "/v1/moderations", "/v1alpha1/comments:analyze",
    "/contentsafety/text:analyze",
]  # fmt: skip
ASKED = "Content-Type, X-API-Key, X-Stainless-Lang"


def preflight(client, address, origin=PAGE):
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST",
               "Access-Control-Request-Headers": ASKED}  # fmt: skip
    return client.options(address, headers=headers)


@pytest.fixture
def allowed():
    with override_settings(CORS_ALLOWED_ORIGINS=[PAGE]):
        yield


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_listed_origin_may_call_with_a_key(client, db, allowed, address):
    answer = preflight(client, address)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
    names = answer.headers["Access-Control-Allow-Headers"].lower()
    assert all(name.strip().lower() in names for name in ASKED.split(","))
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_scripts_may_read_the_headers_of_an_answer(client, db, allowed):
    answer = client.get("/api/v1/ping", headers={"Origin": PAGE})
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert "X-Degraded" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("address", ["/login", "/admin/", "/p/demo/live"])
def test_pages_are_not_for_other_origins(client, db, allowed, address):
    assert "Access-Control-Allow-Origin" not in preflight(client, address).headers


def test_no_other_origin_may_call(client, db, allowed):
    answer = preflight(client, ADDRESSES[0], "https://evil.example")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_the_setting_nobody_may(client, db):
    assert "Access-Control-Allow-Origin" not in preflight(client, ADDRESSES[0]).headers


def started(**environment):
    code = "from django.conf import settings; print(settings.CORS_ALLOW_ALL_ORIGINS)"
    return subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "moderation_site.settings", **environment},
    )  # fmt: skip


@pytest.mark.parametrize(("value", "told"), [("*", "True"), (PAGE, "False")])
def test_a_star_stands_for_every_origin(value, told):
    assert started(CORS_ORIGINS=value).stdout.strip() == told


@pytest.mark.parametrize(
    "value", ["chat.example", "https://chat.example/a", "*, https://a.example"]
)
def test_a_wrong_origin_stops_the_start_and_is_named(value):
    assert "CORS_ORIGINS must be origins" in started(CORS_ORIGINS=value).stderr
