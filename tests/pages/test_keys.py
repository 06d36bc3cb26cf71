"""The API key pages: a key is shown once and only its hash is stored."""

import logging
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from moderation.accounts.key_lookup import caller_of_key
from moderation.accounts.keys import create_key, revoke_key
from moderation.models import ApiKey, AuditEntry, OutboxEvent
from tests.factories import make_caller, make_project
from tests.markup import shows_as_text

KEYS, NEW = "/p/arena/settings/keys", "/p/arena/settings/keys/new"
EVIL = "<img src=x onerror=alert(1)>"


def text_of(answer):
    return answer.content.decode()


def make(page, **changed):
    return page.post(NEW, {"name": "bot", "scopes": ["check"], **changed})


def raw_of(answer):
    return re.search(r'<output id="key"[^>]*>(gvl_[\w-]+)</output>', text_of(answer))[1]


def key(project, name="bot", **fields):
    return create_key(project, name=name, scopes=["check"], actor="tests", **fields)[0]


def revoke(row):
    return f"{KEYS}/{row.pk}/revoke"


def test_new_key_works_and_the_page_is_kept_by_nobody(signed_in):
    answer = make(signed_in("admin", "noor"), rate_per_minute="5", days="3")
    caller = caller_of_key(raw_of(answer))
    assert (caller.name, caller.scopes, caller.rate_per_minute) == ("bot", {"check"}, 5)
    assert "no-store" in answer["Cache-Control"]
    days = (ApiKey.objects.get().expires_at - timezone.now()).days
    assert days in {2, 3}


def test_key_stands_nowhere_but_in_that_answer(signed_in, caplog):
    page = signed_in("admin")
    with caplog.at_level(logging.DEBUG):
        raw = raw_of(make(page, once="abc"))
    kept = [*AuditEntry.objects.values(), *OutboxEvent.objects.values(), *ApiKey.objects.values()]
    assert raw not in str(kept)
    assert raw not in str(dict(page.session))
    assert raw not in caplog.text
    assert raw not in text_of(page.get(KEYS))


def test_list_says_when_a_key_was_used(arena, signed_in):
    row, page = key(arena), signed_in("admin")
    assert "never" in re.search(r'data-label="Last used">(.*)</td>', text_of(page.get(KEYS)))[1]
    ApiKey.objects.filter(pk=row.pk).update(last_used_at=timezone.now() - timedelta(hours=3))
    told = re.search(r'data-label="Last used">(.*)</td>', text_of(page.get(KEYS)))[1]
    assert "3 h ago" in told


def test_page_loaded_again_makes_no_second_key(signed_in):
    page = signed_in("admin")
    raw = raw_of(make(page, once="abc"))
    again = page.post(NEW, {"name": "bot", "scopes": ["check"], "once": "abc"}, follow=True)
    assert ApiKey.objects.count() == 1
    assert raw not in text_of(again)
    assert "already exists" in text_of(again)


def test_each_form_may_make_one(signed_in):
    page = signed_in("admin")
    forms = [re.search(r'name="once" value="(\w+)"', text_of(page.get(NEW)))[1] for _ in range(2)]
    for once in forms:
        make(page, once=once)
    assert ApiKey.objects.count() == 2


@pytest.mark.parametrize(
    ("scopes", "call"), [(["check"], "moderation/check"), (["read"], "api/v1/reviews")]
)
def test_command_to_try_is_one_that_the_key_may_make(signed_in, scopes, call):
    answer = make(signed_in("admin"), scopes=scopes)
    shown = {snippet.id: snippet.text for snippet in answer.context["snippets"]}
    assert list(shown) == ["curl", "python", "javascript"]
    for text in shown.values():
        assert call in text
        assert raw_of(answer) in text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["root"]}, "scopes"),
        ({"days": "0"}, "days"),
        ({"rate_per_hour": "-1"}, "rate_per_hour"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_form_says_what_is_wrong(signed_in, changed, field):
    answer = make(signed_in("admin"), **changed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not ApiKey.objects.exists()


def test_working_and_ended_keys_stand_apart(arena, signed_in):
    key(arena, "works")
    revoke_key(key(arena, "revoked"), actor="tests")
    key(arena, "expired", expires_at=timezone.now() - timedelta(days=1))
    page = signed_in("admin")
    ended = page.get(f"{KEYS}?state=ended").context["page"].rows
    assert [row.name for row in page.get(KEYS).context["page"].rows] == ["works"]
    assert {row.name for row in ended} == {"revoked", "expired"}


def test_list_costs_the_same_with_more_keys(arena, signed_in, django_assert_num_queries):
    page = signed_in("admin")
    key(arena)
    page.get(KEYS)
    with django_assert_num_queries(7):
        page.get(KEYS)
    for number in range(10):
        key(arena, f"bot{number}")
    with django_assert_num_queries(7):
        page.get(KEYS)


def test_pages_follow_one_another(arena, signed_in):
    for number in range(60):
        key(arena, f"bot{number}")
    page = signed_in("admin")
    first = page.get(KEYS).context["page"]
    second = page.get(KEYS, {"before": first.older}).context["page"]
    assert len({row.name for row in first.rows + second.rows}) == 60
    assert page.get(KEYS, {"before": f"{timezone.now().isoformat()}~x"}).status_code == 200


def test_revoking_asks_first_then_revokes(arena, signed_in):
    row, page = key(arena), signed_in("admin", "noor")
    assert "fail within a second" in text_of(page.get(revoke(row)))
    assert page.post(revoke(row))["Location"] == KEYS
    row.refresh_from_db()
    assert row.revoked_at
    assert AuditEntry.objects.get(action="key.revoked").actor == "noor"
    page.post(revoke(row))
    assert AuditEntry.objects.filter(action="key.revoked").count() == 1


def test_key_of_another_project_is_not_there(signed_in):
    row, page = key(make_project("den")), signed_in("owner")
    assert page.get(revoke(row)).status_code == 404
    assert page.post(revoke(row)).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_who_is_no_admin_sees_and_changes_nothing(arena, signed_in, role):
    row, page = key(arena), signed_in(role)
    answers = [page.get(KEYS), page.get(NEW), make(page), page.post(revoke(row))]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert ApiKey.objects.get().revoked_at is None


def test_stranger_finds_nothing(arena, signed_in):
    row, page = key(arena), signed_in(None)
    assert [page.get(path).status_code for path in (KEYS, NEW, revoke(row))] == [404] * 3


def test_without_a_csrf_token_nothing_is_done(arena):
    page = Client(enforce_csrf_checks=True)
    page.force_login(make_caller(arena, "owner").user)
    assert make(page).status_code == 403
    assert not ApiKey.objects.exists()


def test_hostile_name_is_shown_as_text(signed_in):
    page = signed_in("admin")
    answer = make(page, name=EVIL)
    row = ApiKey.objects.get()
    pages = [answer, page.get(KEYS), page.get(revoke(row))]
    assert all(shows_as_text(shown, EVIL) for shown in pages)
