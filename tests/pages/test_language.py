"""The language of pages and mails: the account's, else the browser's; programs read English."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import formats, translation

from moderation.accounts.keys import create_key
from moderation.accounts.preferences import choose_language
from moderation.pages import signing

pytestmark = pytest.mark.django_db

DATES = ("DATE_FORMAT", "TIME_FORMAT", "DATETIME_FORMAT")
ROOT_TAG = '<html lang="{}" dir="{}"'


@pytest.mark.parametrize(
    ("asked", "language", "direction", "title"),
    [
        ("ur-PK,ur;q=0.9,en;q=0.1", "ur", "rtl", "سائن ان"),
        ("es-MX", "es", "ltr", "Iniciar sesión"),
        ("fr", "en", "ltr", "Sign in"),
    ],
)
def test_the_sign_in_page_speaks_the_browsers_language(asked, language, direction, title):
    answer = Client(headers={"Accept-Language": asked}).get("/login")
    assert ROOT_TAG.format(language, direction) in answer.content.decode()
    assert f"<h1>{title}</h1>" in answer.content.decode()
    assert f'lang="{language}" aria-current="true"' in answer.content.decode()
    assert "Accept-Language" in answer["Vary"]


def test_english_pages_write_dates_as_the_settings_of_english_do():
    with translation.override("en"):
        english = [formats.get_format(name) for name in DATES]
    with translation.override(None):
        assert [formats.get_format(name) for name in DATES] == english


def test_a_choice_on_the_sign_in_page_is_kept():
    browser = Client(headers={"Accept-Language": "en"})
    answer = browser.post("/language", {"language": "ur", "next": "/login?next=/p/demo/queue"})
    assert answer["Location"] == "/login?next=/p/demo/queue"
    assert ROOT_TAG.format("ur", "rtl") in browser.get("/login").content.decode()


def test_the_accounts_language_comes_before_the_browsers(signed_in):
    browser = signed_in("admin", name="zara")
    browser.post("/account/language", {"language": "es"})
    page = browser.get("/account", headers={"Accept-Language": "ur"})
    assert ROOT_TAG.format("es", "ltr") in page.content.decode()
    assert "Idioma guardado." in page.content.decode()
    queue = browser.get("/p/arena/queue", headers={"Accept-Language": "ur"}).content.decode()
    assert '<span class="rail-name">Cola</span>' in queue
    # What the scripts say comes with the page.
    assert '"Skipped": "Saltado"' in queue


def test_an_account_can_leave_its_language_to_the_browser(signed_in):
    browser = signed_in("viewer", name="zara")
    browser.post("/account/language", {"language": "es"})
    browser.post("/account/language", {"language": ""})
    page = browser.get("/account", headers={"Accept-Language": "ur"})
    assert ROOT_TAG.format("ur", "rtl") in page.content.decode()


def test_an_unknown_language_is_refused(signed_in):
    browser = signed_in("viewer", name="zara")
    page = browser.post("/account/language", {"language": "xx"}, follow=True)
    assert "Choose one of the languages." in page.content.decode()


def test_an_english_page_brings_no_list_of_texts(signed_in):
    assert "script-words" not in signed_in("viewer").get("/p/arena/queue").content.decode()


def test_a_services_refusal_is_in_the_pages_language(signed_in):
    browser = signed_in("owner", name="zara")
    choose_language(User.objects.get(username="zara"), "es")
    word = {
        "word": "\u200b",
        "kind": "word",
        "category": "spam",
        "severity": "low",
        "language": "*",
    }
    page = browser.post("/p/arena/blacklist/new", word)
    assert page.status_code == 422
    assert "La palabra no tiene ningún carácter visible" in page.content.decode()


def test_programs_read_english(arena):
    key = create_key(arena, name="bot", scopes=["check"], actor="tests")[1]
    answer = Client(headers={"Accept-Language": "es", "Authorization": f"Bearer {key}"}).post(
        "/api/v1/moderation/check", {"content": ""}, content_type="application/json"
    )
    assert answer.status_code == 422
    assert "requerido" not in answer.content.decode()
    assert "Content-Language" not in answer


def test_a_mail_is_in_the_language_of_its_account(settings, monkeypatch, mailoutbox):
    settings.HAS_MAIL = True
    monkeypatch.setattr(signing, "_mail", AtOnce)
    person = User.objects.create_user("zara", "zara@example.org", "a long enough passphrase")
    choose_language(person, "ur")
    Client(headers={"Accept-Language": "es"}).post("/account/reset", {"email": person.email})
    assert mailoutbox[0].subject == "Gavel: نیا پاس ورڈ"
    assert "zara" in mailoutbox[0].body


class AtOnce:
    """In place of the thread that sends mails."""

    @staticmethod
    def submit(send, *args, **options):
        send(*args, **options)


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "Second step of signing in"),
        ("es", "Segundo paso de inicio de sesión"),
        ("ur", "سائن ان کا دوسرا مرحلہ"),
    ],
)
def test_the_account_and_the_page_of_second_steps_call_them_alike(signed_in, language, name):
    browser = signed_in("admin", name="zara")
    for path, heading in (("/account", "h2"), ("/account/steps/", "h1")):
        text = browser.get(path, headers={"Accept-Language": language}).content.decode()
        headings = re.findall(rf"<{heading}[^>]*>\s*(.*?)\s*</{heading}>", text)
        assert name in headings
