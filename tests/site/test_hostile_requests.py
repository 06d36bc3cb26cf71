"""Requests that once failed with a 5xx, or did something else than they said."""

import io
from wsgiref.util import setup_testing_defaults

import pytest
from django.test import Client

from moderation.models import BlacklistWord
from moderation_site.handler import Utf8Handler
from tests.api.clients import Api
from tests.factories import make_item, make_project, sign_in
from tests.messages import key

pytestmark = pytest.mark.django_db
CHARSETS = ("hex", "rot13", "base64", "punycode", "undefined", "utf-16", "utf-7", "latin-1")
EXPORTS = "/p/arena/settings/exports"


@pytest.fixture
def arena():
    return make_project("arena")


def through_the_server(address, body, content_type, **headers):
    """POST through the handler that the server uses; return status and body."""
    path, _, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": query,
        "CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body), **headers,
    }  # fmt: skip
    setup_testing_defaults(environ)
    handler = Utf8Handler()
    # Not by calling the handler: its signals would close the test's connection.
    answer = handler.get_response(handler.request_class(environ))
    return answer.status_code, answer.content


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_query_means_the_same_in_every_charset(arena, charset):
    status, body = through_the_server(
        "/api/v1/blacklist/words/import?dry_run=true",
        b"word,language,category,severity\nzorple,en,insult,high\n",
        f"text/csv; charset={charset}",
        HTTP_X_API_KEY=key(arena, "admin"),
    )
    # A file may be in another charset, but not in one of these: only the query must stay the same.
    if charset == "latin-1":
        assert b"1 of 1 words would be added" in body
    else:
        assert (status, b'"field":"file"' in body) == (422, True), body
    assert BlacklistWord.objects.count() == 0


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_form_in_any_charset_is_answered(charset):
    status, _ = through_the_server(
        "/login?next=/",
        b"username=ana&password=wrong",
        f"application/x-www-form-urlencoded; charset={charset}",
        HTTP_COOKIE=f"csrftoken={'a' * 32}",
    )
    assert status == 403  # no CSRF token in the form


def test_a_large_form_is_refused_before_it_is_read():
    """The check of its CSRF token reads a form before any limit on sign-ins counts."""
    body = b"username=" + b"%41" * 200_000
    content_type = "application/x-www-form-urlencoded"
    status, _ = through_the_server(
        "/login", body, content_type, HTTP_COOKIE=f"csrftoken={'a' * 32}"
    )
    assert status in (400, 413)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/", "/api/v1/nowhere", "/api/v2/health"])
def test_an_unknown_path_is_404_for_every_method(method, path):
    response = Client(enforce_csrf_checks=True).generic(method, path)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("until", ["0001-06-01T00:00:00Z", "0001-01-01T00:00:00+05:00"])
def test_a_report_that_ends_before_any_calendar_is_refused(arena, until):
    asked = {"kind": "transparency", "format": "csv", "until": until}
    response = Api(key(arena, "admin")).post("exports", asked)
    assert response.status_code == 422
    assert [row["field"] for row in response.json()["errors"]] == ["until"]


def test_the_page_refuses_such_a_day_too(arena):
    browser = sign_in(arena, "owner")
    asked = {"kind": "transparency", "form": "csv", "until": "0001-01-01", "since": ""}
    assert browser.post(EXPORTS, asked).status_code == 422


def test_a_ban_has_the_same_limit_by_decision_and_by_hand(arena):
    ban = {"type": "temporary", "hours": 8761}
    decision = {"decision": "reject", "reason_code": "harassment", "ban": ban}
    item = make_item(arena)
    answer = Api(key(arena, "review")).post(f"reviews/{item.pk}/decide", decision)
    assert answer.status_code == 422
    decision["ban"]["hours"] = 8760
    answer = Api(key(arena, "review")).post(f"reviews/{item.pk}/decide", decision)
    assert answer.status_code == 200, answer.content
