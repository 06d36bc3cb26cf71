"""Who may call what: every address, method, scope and role (docs/members.md, "Who may")."""

import re
import uuid

import pytest
from django.test import Client
from django.urls.converters import get_converters

from moderation import urls as moderation_urls
from moderation.accounts.key_lookup import KEY_CACHE_SECONDS
from moderation.accounts.keys import revoke_key
from moderation.accounts.permissions import PERMISSIONS
from moderation.api.permissions import action_of
from moderation.models import ApiKey, BlacklistWord, ModerationLog
from reviews import urls as review_urls
from tests.api.clients import Api, message
from tests.delivery.sockets.telling import eventually
from tests.messages import forget, key, member, project, words

SCOPES = ("check", "read", "review", "admin")
ROLES = ("viewer", "moderator", "admin", "owner")
CALLERS = [f"key {scope}" for scope in SCOPES] + [*ROLES, "open", "nobody"]
MODERATORS = {"moderator", "admin", "owner"}
READERS = {"key read", "key review", "key admin", *ROLES}
#: Who the contract lets do what the table in `identity` names so.
ALLOWED = {
    "check": {"key check", "open", *MODERATORS},
    "chat": {"key check", "open", *MODERATORS},
    "report": {"key check", *MODERATORS},
    "read": READERS,
    "read_words": {"open", *READERS},
    "review": {"key review", "key admin", *MODERATORS},
    "claim_escalated": {"key admin", "admin", "owner"},
    "admin": {"key admin", "admin", "owner"},
    "own": {"owner"},
    "leave": set(ROLES),
}
SAMPLES = {"uuid": str(uuid.UUID(int=7)), "int": "7"}


def address_of(pattern):
    fill = {type(one): SAMPLES.get(name, "x") for name, one in get_converters().items()}
    names = {name: fill[type(one)] for name, one in pattern.pattern.converters.items()}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: names[found[1]], str(pattern.pattern))


def calls():
    """Return each method of each address with what the table of permissions calls it."""
    patterns = [*moderation_urls.urlpatterns, *review_urls.urlpatterns]
    views = [(pattern, getattr(pattern.callback, "cls", None)) for pattern in patterns]
    found = [
        (method.upper(), address_of(pattern), action_of(view, method.upper()))
        for pattern, view in views
        for method in ("get", "post", "put", "patch", "delete")
        if view and hasattr(view, method)
    ]
    return [call for call in found if call[2]]


CALLS = calls()


def client_of(caller, arena, settings):
    settings.OPEN_PROJECT = "arena" if caller == "open" else ""
    if caller in ROLES:
        browser = Client()
        browser.force_login(member(arena, caller))
        return Api(client=browser)
    return Api(key(arena, caller.removeprefix("key "))) if caller.startswith("key") else Api()


def test_the_table_of_permissions_is_the_contracts():
    assert set(PERMISSIONS) == set(ALLOWED)


@pytest.mark.parametrize("caller", CALLERS)
def test_who_may_call(arena, settings, caller):
    # An empty body and unknown ids: who may call gets 200, 404 or 422, and changes nothing.
    settings.RATE_LIMIT_REQUESTS_PER_MINUTE = settings.RATE_LIMIT_REQUESTS_PER_HOUR = 10_000
    client = client_of(caller, arena, settings)
    refusal = 401 if caller in {"open", "nobody"} else 403
    wrong = []
    for method, path, action in CALLS:
        status = client.call(method, path, {}).status_code
        is_right = status not in {401, 403} if caller in ALLOWED[action] else status == refusal
        if not is_right:
            wrong.append(f"{method} {path}: {status}")
    assert wrong == []


@pytest.mark.parametrize("path", ["health", "ping"])
def test_anyone_may_ask_how_it_fares(db, path):
    assert Api().get(path).status_code == 200


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_word_of_another_project_is_as_absent_as_none(arena, method):
    words(project("valley"))
    foreign = arena.__class__.objects.get(slug="valley").blacklist.first()
    answers = [
        Api(key(arena, "admin")).call(method, f"blacklist/words/{id_}", {"notes": "mine"})
        for id_ in (foreign.pk, uuid.uuid4())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()


def test_a_key_sees_its_own_projects_words_only(arena):
    assert Api(key(project("valley"), "read")).get("blacklist/words").json()["total"] == 0


def test_an_author_of_another_project_is_unknown(api):
    api.check("blockword")
    valley = Api(key(project("valley"), "check"))
    assert valley.get("moderation/status/zed/general").json()["strike_count"] == 0


@pytest.mark.parametrize("header", [{"X-API-Key": "gvl_wrong"}, {"Authorization": "Bearer no"}])
def test_a_wrong_key_is_refused_even_where_a_project_is_open(arena, settings, header):
    settings.OPEN_PROJECT = "arena"
    refused = Api().post("moderation/check", message(), **header)
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (
        401,
        'Bearer realm="gavel"',
    )


@pytest.mark.parametrize("path", ["/api/v1/moderation/check", "/api/moderate", "/api/messages"])
def test_a_key_in_the_address_is_refused_and_nothing_stored(arena, settings, path):
    settings.OPEN_PROJECT = "arena"
    body = {**message(), "chat_id": "general"}
    shown = key(arena, "check")
    for headers in ({}, {"X-API-Key": shown}):
        address = f"{path}?api_key={shown}"
        answer = Client().post(address, body, content_type="application/json", headers=headers)
        assert answer.status_code == 401
        assert "not in the address" in answer.json()["detail"]
    assert not ModerationLog.objects.exists()


def test_a_guest_of_the_open_project_sees_words_without_people_and_notes(arena, settings):
    settings.OPEN_PROJECT = "arena"
    BlacklistWord.objects.update(notes="Spam wave, see the log.", added_by="noor")
    (word, *_) = Api().get("blacklist/words").json()["words"]
    assert (word["added_by"], word["notes"]) == ("", "")
    (word, *_) = Api(key(arena, "read")).get("blacklist/words").json()["words"]
    assert (word["added_by"], word["notes"]) == ("noor", "Spam wave, see the log.")


def test_a_key_may_come_as_bearer(arena):
    header = {"Authorization": f"Bearer {key(arena, 'check')}"}
    assert Api().post("moderation/check", message(), **header).status_code == 200


def test_a_revoked_key_is_refused_at_once_where_it_was_revoked(arena):
    caller = Api(key(arena, "check"))
    caller.check()
    revoke_key(ApiKey.objects.get(), actor="noor")
    assert caller.try_check().status_code == 401


def test_a_key_revoked_by_another_process_is_refused_soon(arena):
    caller = Api(key(arena, "check"))
    caller.check()
    ApiKey.objects.update(revoked_at="2026-01-01T00:00:00Z")
    eventually(lambda: caller.try_check().status_code == 401)
    assert KEY_CACHE_SECONDS < 1


def test_an_expired_key_is_refused(arena):
    caller = Api(key(arena, "check", expires_at="2026-01-01T00:00:00Z"))
    forget()
    assert caller.try_check().status_code == 401


def test_a_check_without_a_key_is_answered_for_the_open_project(arena, settings):
    settings.OPEN_PROJECT = "arena"
    assert Api().check()["project_id"] == "arena"


def browser_of(arena, role="moderator"):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member(arena, role))
    return Api(client=browser)


def test_a_session_without_csrf_token_is_refused(arena):
    assert browser_of(arena).try_check().status_code == 403


def test_a_session_with_csrf_token_is_answered(arena):
    browser = browser_of(arena)
    browser.client.cookies["csrftoken"] = "a" * 32
    answer = browser.post("moderation/check", message(), **{"X-CSRFToken": "a" * 32})
    assert answer.status_code == 200


@pytest.fixture
def of_two(arena):
    """Return a browser of somebody who reads in two projects."""
    browser = browser_of(arena, "viewer")
    valley = project("valley")
    valley.memberships.create(user=arena.memberships.get().user, role="viewer")
    return browser


def test_a_member_of_several_projects_must_name_one(of_two):
    assert of_two.get("policy").status_code == 422


def test_a_project_is_named_in_the_address(of_two):
    assert of_two.get("blacklist/words?project=valley").json()["total"] == 0


def test_a_project_is_named_in_a_header(of_two):
    assert of_two.get("blacklist/words", **{"X-Project": "arena"}).json()["total"] == 3


@pytest.mark.parametrize("slug", ["nowhere", "%00", "%F0%9F%98%80", "%FF", "x" * 3000])
def test_a_project_without_membership_is_refused(of_two, slug):
    assert of_two.get(f"policy?project={slug}").status_code == 403
