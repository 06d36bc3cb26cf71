"""REQUIRE_SECOND_STEP: without a second step a person reaches nothing but their account."""

import logging

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from moderation.accounts.callers import caller_of_session
from tests.factories import make_project, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(settings):
    settings.REQUIRE_SECOND_STEP = True
    client = sign_in(make_project(), "owner", "noor")
    person = client.get("/account").context["user"]
    person.set_password("a sentence that is long")
    person.is_superuser = person.is_staff = True
    person.save()
    client.force_login(person)
    client.person = person
    return client


@pytest.mark.parametrize("path", ["/p/arena/queue", "/admin/"])
def test_pages_lead_to_the_second_step(page, path):
    assert page.get(path)["Location"] == "/account/steps/"
    Authenticator.objects.create(user=page.person, type="totp", data={})
    assert page.get(path).status_code == 200


def test_api_says_why_it_refuses(page):
    answer = page.get("/api/v1/reviews", {"project": "arena"})
    assert answer.status_code == 403
    assert "second step" in answer.json()["detail"]


def test_sockets_know_the_person_as_a_member_of_nothing(page):
    assert caller_of_session(page.person, "arena") is None


def test_account_and_sign_out_stay_open(page):
    assert page.get("/account").status_code == 200
    answer = page.post("/logout")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'


def test_recovery_codes_alone_are_no_second_step(page):
    Authenticator.objects.create(user=page.person, type="recovery_codes", data={})
    assert page.get("/p/arena/queue")["Location"] == "/account/steps/"


def test_who_signs_in_elsewhere_is_asked_there(page):
    page.person.set_unusable_password()
    page.person.save()
    page.force_login(page.person)
    assert page.get("/p/arena/queue").status_code == 200


def test_sign_ins_are_logged_without_what_was_typed(page, caplog):
    caplog.set_level(logging.INFO, "moderation")
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    stranger.post("/login", {"username": "typed-name", "password": "typed-secret"})
    stranger.post("/login", {"username": "noor", "password": "a sentence that is long"})
    said = [(record.message, record.address) for record in caplog.records]
    assert ("Sign-in failed", "203.0.113.9") in said
    assert ("Signed in", "203.0.113.9") in said
    assert "typed" not in caplog.text


@pytest.mark.parametrize(
    "password", ["gavel-moderation-1", "Moderator/Gavel/7", "ModAdminPassword1"]
)
def test_password_of_the_servers_own_names_is_refused(password, settings):
    settings.ALLOWED_HOSTS = ["chess.example.org"]
    with pytest.raises(ValidationError):
        validate_password(password)
    validate_password("chess is a fine old game")
