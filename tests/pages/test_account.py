"""The account page: password, address, sessions, second steps; and a new password by mail."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from moderation.accounts.sign_in import allow_sign_in, device_of
from moderation.accounts.sign_in_steps import PURPOSE
from moderation.lib.secrets_at_rest import decrypt
from moderation.models import AuditEntry, WebSession
from moderation.pages import signing
from moderation.pages.sessions import DEVICE_COOKIE
from moderation_site.logs import hide_secrets

pytestmark = pytest.mark.django_db
PASSWORD, NEW = "a sentence that is long", "another sentence as long"


@pytest.fixture(autouse=True)
def mails_at_once(monkeypatch):
    cache.clear()
    # Mails are sent in the background; here at once.
    monkeypatch.setattr(signing._mail, "submit", lambda act, *args, **named: act(*args, **named))


@pytest.fixture
def noor():
    return User.objects.create_user("noor", "noor@example.org", PASSWORD)


@pytest.fixture
def page(noor):
    return signed_in()


def signed_in(password=PASSWORD):
    client = Client()
    answer = client.post("/login", {"username": "noor", "password": password})
    assert answer.status_code == 302
    return client


def text_of(answer):
    return answer.content.decode()


def told(answer):
    return [str(message) for message in answer.context["messages"]]


def change(page, **fields):
    wanted = {"current": PASSWORD, "new": NEW, "again": NEW, **fields}
    return page.post("/account/password", wanted, follow=True)


# --- Signing in


def test_stranger_is_led_to_sign_in(client):
    assert client.get("/account")["Location"] == "/login?next=/account"
    assert client.post("/account/password")["Location"].startswith("/login")


def test_who_is_no_staff_reads_so_at_the_admins_door(page):
    answer = page.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert answer.redirect_chain == [("/admin/login/?next=/admin/", 302)]
    assert "not for this account" in text_of(answer)


def test_stranger_signs_in_before_the_admin(client):
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/login?next=/admin/"


def test_device_is_known_after_signing_in(page):
    cookie = page.cookies["gavel-device"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_next_page_survives_signing_in(noor, client):
    form = {"username": "noor", "password": PASSWORD, "next": "/account"}
    assert client.post("/login", form)["Location"] == "/account"
    form["next"] = "https://example.org/"
    assert Client().post("/login", form)["Location"] == "/"


# --- Password


def test_password_is_changed_and_other_devices_are_signed_out(page):
    other = signed_in()
    assert told(change(page)) == ["Password changed. You are signed out everywhere else."]
    assert page.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert AuditEntry.objects.get().action == "account.password"
    signed_in(NEW)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"current": "wrong"}, "not your password"),
        ({"again": "different"}, "do not match"),
        ({"new": "short", "again": "short"}, "too short"),
        ({"new": "password1234", "again": "password1234"}, "too common"),
        ({"new": "aaaaaaaaaaaa", "again": "aaaaaaaaaaaa"}, "too few different"),
        ({"new": " " * 12, "again": " " * 12}, "too few different"),
        ({"new": "pw7xpw7xpw7x", "again": "pw7xpw7xpw7x"}, "too few different"),
        ({"new": "pw7xyzpw7xyz", "again": "pw7xyzpw7xyz"}, "repeats"),
        ({"new": "noor@example.org", "again": "noor@example.org"}, "too similar"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_password_that_is_refused_says_why(page, noor, fields, said):
    answer = change(page, **fields)
    assert answer.status_code == 422
    assert said in text_of(answer)
    noor.refresh_from_db()
    assert noor.check_password(PASSWORD)


def test_open_session_is_no_place_to_guess_the_password(page, still_clock):
    answers = [change(page, current=f"wrong{n}").status_code for n in range(15)]
    assert answers[-1] == 409
    assert change(page).status_code == 409


def test_strangers_keep_nobody_from_changing_the_password(page, noor, still_clock):
    page.cookies[DEVICE_COOKIE] = device_of(noor)
    for number in range(50):
        allow_sign_in(f"192.0.2.{number}", "noor")
    change(page)
    noor.refresh_from_db()
    assert noor.check_password(NEW)


def test_address_is_changed_with_the_password_alone(page, noor):
    wanted = {"email": "new@example.org", "password": "wrong"}
    assert page.post("/account/email", wanted).status_code == 422
    page.post("/account/email", {**wanted, "password": PASSWORD})
    noor.refresh_from_db()
    assert noor.email == "new@example.org"
    assert page.post("/account/email", {"email": "no", "password": PASSWORD}).status_code == 422


# --- Sessions


def test_sessions_are_listed_and_ended(page):
    other = Client(headers={"User-Agent": "Lynx <b>"})
    other.post("/login", {"username": "noor", "password": PASSWORD})
    text = text_of(page.get("/account"))
    assert "Lynx &lt;b&gt;" in text
    assert "127.0.0.1" in text
    assert other.session.session_key not in text
    assert told(page.post("/account/sessions/end", {"session": "others"}, follow=True)) == [
        "Signed out elsewhere: 1."
    ]
    assert other.get("/account").status_code == 302
    assert page.get("/account").status_code == 200


def test_chosen_session_ends_although_the_list_changed_its_order(page):
    phone, laptop = (
        Client(headers={"User-Agent": "phone"}),
        Client(headers={"User-Agent": "laptop"}),
    )
    for device in (phone, laptop):
        device.post("/login", {"username": "noor", "password": PASSWORD})
    listed = text_of(page.get("/account"))
    chosen = re.search(r'phone</bdi>.*?name="session" value="(\w+)"', listed, re.DOTALL)[1]
    # The laptop is used after the page was made, and now stands elsewhere in the list.
    WebSession.objects.filter(device="laptop").update(seen_at=timezone.now())
    WebSession.objects.filter(device="phone").update(seen_at=timezone.now() - timedelta(minutes=6))
    answer = page.post("/account/sessions/end", {"session": chosen}, follow=True)
    assert told(answer) == ["Signed out there."]
    assert not WebSession.objects.filter(device="phone").exists()
    assert WebSession.objects.filter(device="laptop").exists()


@pytest.mark.parametrize("session", ["", "x", "0", "1", "９", "a" * 64, "\0"])
def test_session_that_is_not_there_is_told(page, session):
    answer = page.post("/account/sessions/end", {"session": session}, follow=True)
    assert told(answer) == ["That session had already ended."]


# --- A new password by mail


def test_without_mail_there_is_no_link_to_a_new_password(client, settings):
    settings.HAS_MAIL = False
    assert client.get("/account/reset").status_code == 404
    assert "Forgot" not in text_of(client.get("/login"))


def test_new_password_by_mail(noor, client, settings, mailoutbox):
    settings.HAS_MAIL = True
    assert "Forgot your password?" in text_of(client.get("/login"))
    client.post("/account/reset", {"email": "noor@example.org"})
    link = re.search(r"http://testserver(/account/reset/\S+)", mailoutbox[0].body)[1]
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    answer = client.post(address, {"new_password1": NEW, "new_password2": NEW})
    assert answer["Location"] == "/login"
    signed_in(NEW)
    assert "no longer works" in text_of(Client().get(link, follow=True))


def test_link_to_a_new_password_stands_in_no_log():
    line = "Not Found: /account/reset/MQ/d1-secret"
    assert hide_secrets(None, "", {"event": line})["event"] == "Not Found: /account/reset/…"


def test_answer_does_not_tell_whether_an_account_exists(noor, client, settings, mailoutbox):
    settings.HAS_MAIL = True
    answers = [
        client.post("/account/reset", {"email": email}, follow=True)
        for email in ("noor@example.org", "nobody@example.org")
    ]
    assert text_of(answers[0]) == text_of(answers[1])
    assert [mail.to for mail in mailoutbox] == [["noor@example.org"]]


def test_mails_have_a_limit(noor, client, settings, mailoutbox, still_clock):
    settings.HAS_MAIL = True
    statuses = [
        client.post("/account/reset", {"email": "noor@example.org"}).status_code for _ in range(5)
    ]
    assert statuses == [302, 302, 302, 429, 429]
    assert len(mailoutbox) == 3


# --- Second steps


def code_of(secret, step=0):
    """Return one of the three codes that are valid now; each is accepted once."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[step]))


def confirmed(page, path):
    """Open a page that asks for the password again, and give it."""
    asked = page.get(path)
    assert asked["Location"].startswith("/account/confirm?next=")
    assert page.post(asked["Location"], {"password": "wrong"}).status_code == 200
    return page.post(asked["Location"], {"password": PASSWORD, "next": path}, follow=True)


@pytest.fixture
def steps(page, noor, still_clock):
    """An authenticator app of noor's, set up on the pages; returns secret and recovery codes."""
    form = confirmed(page, "/account/steps/totp/activate/")
    secret = form.context["form"].secret
    shown = page.post("/account/steps/totp/activate/", {"code": code_of(secret)}, follow=True)
    return secret, list(shown.context["unused_codes"])


def test_app_is_set_up_and_asked_for(steps, noor):
    client = Client()
    answer = client.post("/login", {"username": "noor", "password": PASSWORD, "next": "/account"})
    assert answer["Location"] == "/account/steps/authenticate/"
    assert client.get("/account").status_code == 302
    assert client.post("/account/steps/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/account").status_code == 302
    done = client.post("/account/steps/authenticate/", {"code": code_of(steps[0], 1)})
    assert done["Location"] == "/account"
    assert "Set up: TOTP Authenticator" in text_of(client.get("/account"))


def test_recovery_code_works_once(steps):
    code = steps[1][0]
    for expected in (200, 302):
        client = Client()
        client.post("/login", {"username": "noor", "password": PASSWORD})
        client.post("/account/steps/authenticate/", {"code": code})
        assert client.get("/account").status_code == expected


def test_secret_is_stored_encrypted(steps, noor):
    stored = Authenticator.objects.get(user=noor, type="totp").data["secret"]
    assert steps[0] not in str(stored)
    assert decrypt(stored, PURPOSE) == steps[0]


def test_codes_cannot_be_guessed(steps):
    client = Client()
    client.post("/login", {"username": "noor", "password": PASSWORD})
    for number in range(12):
        client.post("/account/steps/authenticate/", {"code": f"{number:06}"})
    client.post("/account/steps/authenticate/", {"code": code_of(steps[0], 2)})
    assert client.get("/account").status_code == 302


def test_nobody_signs_up(client):
    assert client.get("/account/signup/").status_code == 404


def test_passkey_page_offers_a_challenge(page):
    answer = confirmed(page, "/account/steps/webauthn/add/")
    assert answer.status_code == 200
    assert "challenge" in str(answer.context["js_data"])


def test_the_time_format_is_chosen_for_every_page(page):
    assert 'data-clock="system"' in text_of(page.get("/"))
    page.post("/account/clock", {"clock": "24"})
    assert 'data-clock="24"' in text_of(page.get("/"))
    answer = page.post("/account/clock", {"clock": "13"}, follow=True)
    assert told(answer) == ["Choose one of the time formats."]
