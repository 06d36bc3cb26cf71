"""What every answer tells a browser, and what none does."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.factories import make_project, sign_in

pytestmark = pytest.mark.django_db
PATHS = ("/login", "/api/v1/ping", "/nowhere", "/api/nowhere")


@pytest.mark.parametrize("path", PATHS)
def test_answers_are_read_as_what_they_are(path):
    answer = Client().get(path)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert "charset=utf-8" in answer["Content-Type"] or answer["Content-Type"].endswith("json")


def test_no_page_can_be_framed():
    assert "frame-ancestors 'none'" in Client().get("/login")["Content-Security-Policy"]


@pytest.mark.parametrize("path", PATHS)
def test_trace_repeats_nothing(path):
    answer = Client().trace(path, headers={"X-API-Key": "a-secret-key"})
    assert b"a-secret-key" not in answer.content


def test_switched_off_account_loses_its_sessions_at_once():
    page = sign_in(make_project(), "owner", "noor")
    assert page.get("/p/arena/queue").status_code == 200
    User.objects.update(is_active=False)
    assert page.get("/p/arena/queue").status_code == 302
