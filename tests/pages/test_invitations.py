"""The invitation pages: create a link, revoke it, join with it."""

import logging
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from moderation.accounts import invitations
from moderation.accounts.members import set_role
from moderation.models import AuditEntry, Invitation, Membership, OutboxEvent
from moderation_site.logs import hide_secrets
from tests.factories import make_caller, make_project
from tests.markup import shows_as_text

MEMBERS, NEW = "/p/arena/settings/members", "/p/arena/settings/invitations/new"
PASSWORD = "a sentence that is long"
JOIN = {"username": "zoe", "password": PASSWORD, "again": PASSWORD}
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def invited(arena):
    """Return a link of the owner, to be moderator."""
    return link(make_caller(arena, "owner", "omar"))


def link(caller, role="moderator", **options):
    made = invitations.invite(caller, role, **{"now": timezone.now(), **options})
    return invitations.link_path(made[1])


def text_of(answer):
    return answer.content.decode()


def told(answer):
    return [str(message) for message in answer.context["messages"]]


def link_of(answer):
    return re.search(r'<output id="link"[^>]*>([^<]+)</output>', text_of(answer))[1]


def make(page, **changed):
    return page.post(NEW, {"role": "viewer", "days": "7", **changed})


# --- Inviting


def test_new_link_works_and_the_page_is_kept_by_nobody(signed_in):
    answer = make(signed_in("admin", "noor"), email="zoe@example.org")
    assert "no-store" in answer["Cache-Control"]
    Client().post(link_of(answer), JOIN)
    assert Membership.objects.get(user__username="zoe").role == "viewer"


def test_link_stands_nowhere_but_in_that_answer(signed_in, caplog):
    page = signed_in("admin")
    with caplog.at_level(logging.DEBUG):
        token = link_of(make(page, once="abc")).rpartition("/")[2]
    kept = [*AuditEntry.objects.values(), *OutboxEvent.objects.values()]
    assert token not in str([*kept, *Invitation.objects.values(), dict(page.session)])
    assert token not in caplog.text
    assert token not in text_of(page.get(MEMBERS))


def test_page_loaded_again_makes_no_second_link(signed_in):
    page = signed_in("admin")
    make(page, once="abc")
    assert make(page, once="abc")["Location"] == MEMBERS
    assert Invitation.objects.count() == 1


def test_open_invitations_stand_on_the_page_of_members(arena, signed_in):
    page = signed_in("admin", "noor")
    make(page, email="zoe@example.org")
    gone = make_caller(arena, "owner")
    link(gone, email="late@example.org", now=timezone.now() - timedelta(days=8))
    text = text_of(page.get(MEMBERS))
    assert "zoe@example.org" in text
    assert "late@example.org" not in text


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"email": "nobody"}, 422, "valid email"),
        ({"email": "ann@example.org"}, 409, "has the address"),
        ({"days": "0"}, 422, "greater than or equal to 1"),
        ({"role": "owner"}, 422, "not one of the available"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_refusal_stands_in_the_form(arena, signed_in, changed, status, said):
    person = User.objects.create_user("ann", "ann@example.org")
    row = set_role(arena, person, "viewer", actor="tests")
    row.shares_email = True
    row.save()
    answer = make(signed_in("admin"), **changed)
    assert (answer.status_code, Invitation.objects.count()) == (status, 0)
    assert said in text_of(answer)


def test_owner_may_invite_owners(signed_in):
    assert make(signed_in("owner"), role="owner").status_code == 200


def test_revoking_asks_first(arena, signed_in, invited):
    page, row = signed_in("admin"), Invitation.objects.get()
    address = f"/p/arena/settings/invitations/{row.pk}/revoke"
    assert "stops working" in text_of(page.get(address))
    assert Client().get(invited).status_code == 200
    assert told(page.post(address, follow=True)) == ["Invitation revoked."]
    assert told(page.post(address, follow=True)) == ["That invitation had already ended."]
    assert Client().get(invited).status_code == 410


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_who_is_no_admin_invites_nobody(signed_in, invited, role):
    page, row = signed_in(role), Invitation.objects.get()
    address = f"/p/arena/settings/invitations/{row.pk}/revoke"
    answers = [page.get(NEW), make(page), page.get(address), page.post(address)]
    assert [answer.status_code for answer in answers] == [403] * 4


def test_invitation_of_another_project_is_not_there(signed_in):
    link(make_caller(make_project("den"), "owner"))
    address = f"/p/arena/settings/invitations/{Invitation.objects.get().pk}/revoke"
    page = signed_in("owner")
    assert [page.get(address).status_code, page.post(address).status_code] == [404, 404]


# --- Joining


def test_new_person_joins_and_is_signed_in(invited):
    page = Client()
    text = text_of(page.get(invited))
    assert "omar" in text
    assert "moderator" in text
    answer = page.post(invited, JOIN, follow=True)
    assert answer.redirect_chain[0][0] == "/p/arena/queue"
    assert told(answer) == ["Welcome to arena. Your role is moderator."]


def test_signed_in_person_joins_by_one_button(db, invited):
    page = Client()
    page.force_login(User.objects.create_user("zoe"))
    assert "Join as <bdi>zoe</bdi>" in text_of(page.get(invited))
    assert page.post(invited)["Location"] == "/p/arena/queue"
    assert Membership.objects.get(user__username="zoe").role == "moderator"


def test_who_has_an_account_is_led_back_from_the_sign_in(invited):
    assert f"/login?next={invited}" in text_of(Client().get(invited))


def test_page_is_kept_by_nobody_and_named_to_nobody(invited):
    for answer in (Client().get(invited), Client().get("/invitations/nonsense")):
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "strict-origin"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_token_stays_out_of_the_log(invited, caplog):
    page = Client(enforce_csrf_checks=True)
    page.post(invited)  # Django names the path that it refused
    told = [
        hide_secrets(None, "", {"event": record.getMessage()})["event"] for record in caplog.records
    ]
    assert any("/invitations/…" in line for line in told)
    assert invited not in str(told)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": "short", "again": "short"}, "too short"),
        ({"again": "another sentence"}, "do not match"),
        ({"username": ""}, "required"),
        ({"username": "no or"}, "valid username"),
        ({"username": "a\0"}, "Null characters"),
        ({"username": EVIL}, "valid username"),
    ],
    ids=ascii,
)
def test_account_that_is_not_taken_is_told_at_its_field(invited, changed, said):
    answer = Client().post(invited, {**JOIN, **changed})
    text = text_of(answer)
    assert answer.status_code == 422
    assert said in text
    assert PASSWORD not in text
    if changed.get("username") == EVIL:
        assert shows_as_text(answer, EVIL)
    assert Client().get(invited).status_code == 200


def test_name_that_somebody_has_is_told_at_the_name(invited):
    answer = Client().post(invited, {**JOIN, "username": "omar"})
    assert answer.status_code == 409
    assert "There is already an account" in text_of(answer)


def test_tries_are_limited_as_those_to_sign_in(invited, still_clock):
    tries = [Client().post(invited, {**JOIN, "again": ""}) for _ in range(40)]
    assert {answer.status_code for answer in tries} == {422, 429}
    assert int(tries[-1]["Retry-After"]) > 0
    assert "Too many attempts" in text_of(tries[-1])


def test_used_link_says_so(invited):
    Client().post(invited, JOIN)
    answer = Client().get(invited)
    assert answer.status_code == 410
    assert "already been used" in text_of(answer)
    assert "already been used" in text_of(Client().post(invited, {**JOIN, "username": "yan"}))


def test_revoked_and_expired_links_say_so(arena):
    owner, now = make_caller(arena, "owner", "omar"), timezone.now()
    late = link(owner, now=now - timedelta(days=8))
    gone = link(owner)
    invitations.revoke(Invitation.objects.first(), actor="omar", now=now)
    assert "has expired" in text_of(Client().get(late))
    assert "Ask omar for a new one" in text_of(Client().get(late))
    assert "was revoked" in text_of(Client().get(gone))


@pytest.mark.parametrize("token", ["nonsense", "%00", "%FF", "x" * 3000, "🙂"], ids=ascii)
def test_link_that_is_none_of_ours_says_so(db, token):
    answer = Client().get(f"/invitations/{token}")
    assert answer.status_code == 404
    assert "Invitation not found" in text_of(answer)


def test_member_is_told_and_led_to_the_project(arena, signed_in, invited):
    page = signed_in("viewer")
    for answer in (page.get(invited), page.post(invited)):
        assert answer.status_code == 409
        assert "/p/arena/queue" in text_of(answer)
    assert Membership.objects.filter(role="viewer").count() == 1


def test_without_a_csrf_token_nobody_joins(db, invited):
    page = Client(enforce_csrf_checks=True)
    page.force_login(User.objects.create_user("zoe"))
    assert page.post(invited).status_code == 403
    assert not Membership.objects.filter(user__username="zoe").exists()
