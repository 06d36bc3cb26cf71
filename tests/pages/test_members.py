"""The member pages: who can see them, who can change which role, what is shown once."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from moderation.models import AuditEntry, Membership
from tests.factories import make_caller, make_project
from tests.markup import shows_as_text

MEMBERS, NEW = "/p/arena/settings/members", "/p/arena/settings/members/new"
LEAVE = "/p/arena/settings/leave"
OFFER = {"role": "viewer", "days": "7"}


def text_of(answer):
    return answer.content.decode()


def told(answer):
    return [str(message) for message in answer.context["messages"]]


def member(project, role, name=None):
    caller = make_caller(project, role, name)
    return Membership.objects.get(project=project, user_id=caller.user.pk)


def change(page, row, role):
    return page.post(f"{MEMBERS}/{row.pk}/role", {"role": role}, follow=True)


def remove(row):
    return f"{MEMBERS}/{row.pk}/remove"


def test_members_are_listed_owners_first_and_found_by_name(arena, signed_in):
    page = signed_in("admin", "omar")
    for role, name in (("viewer", "ann"), ("owner", "zoe"), ("moderator", "bob")):
        member(arena, role, name)
    rows = page.get(MEMBERS).context["members"]
    assert [row.user.username for row in rows] == ["zoe", "omar", "bob", "ann"]
    found = page.get(MEMBERS, {"name": "BO"}).context["members"]
    assert [row.user.username for row in found] == ["bob"]


def test_list_costs_the_same_with_more_members(arena, signed_in, django_assert_num_queries):
    page = signed_in("admin")
    page.get(MEMBERS)
    with django_assert_num_queries(8):
        page.get(MEMBERS)
    for _ in range(10):
        member(arena, "viewer")
    with django_assert_num_queries(8):
        page.get(MEMBERS)


def test_person_with_an_account_is_invited_and_accepts(signed_in):
    zoe = get_user_model().objects.create_user("zoe", email="zoe@example.org")
    answer = signed_in("admin").post(NEW, {**OFFER, "username": "zoe"}, follow=True)
    assert told(answer) == ["If zoe has an account here, they now see your invitation."]
    page = Client()
    page.force_login(zoe)
    assert "You are invited" in text_of(page.get("/"))
    address = f"/invitations/{zoe.invitations.get().pk}/answer"
    joined = page.post(address, {"answer": "accept", "shares_email": "on"})
    assert joined["Location"] == "/p/arena/queue"
    row = Membership.objects.get(user=zoe)
    assert (row.role, row.shares_email) == ("viewer", True)


def test_invitation_is_declined(signed_in):
    zoe = get_user_model().objects.create_user("zoe")
    signed_in("admin").post(NEW, {**OFFER, "username": "zoe"})
    page = Client()
    page.force_login(zoe)
    address = f"/invitations/{zoe.invitations.get().pk}/answer"
    assert told(page.post(address, {"answer": "decline"}, follow=True)) == ["Invitation declined."]
    assert "You are invited" not in text_of(page.get("/"))
    assert not Membership.objects.filter(user=zoe).exists()


def test_address_is_shown_to_owners_if_the_person_shares_it(arena, signed_in):
    row = member(arena, "viewer", "ann")
    get_user_model().objects.filter(pk=row.user_id).update(email="ann@example.org")
    owner, admin = signed_in("owner"), signed_in("admin")
    assert "ann@example.org" not in text_of(owner.get(MEMBERS))
    ann = Client()
    ann.force_login(row.user)
    wanted = {"theme": "dark", "veil": "high", "shares_email": "on"}
    ann.post("/p/arena/settings/me", wanted)
    assert "ann@example.org" in text_of(owner.get(MEMBERS))
    assert "ann@example.org" not in text_of(admin.get(MEMBERS))


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"username": ""}, 422, "This field is required"),
        ({"username": "ann"}, 409, "ann is already a member"),
        ({"username": "zoe", "role": "owner"}, 422, "not one of the available"),
        ({"username": "zoe", "days": "91"}, 422, "less than or equal to 90"),
        ({"username": "a\0"}, 422, "Null characters"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_refusal_stands_in_the_form(arena, signed_in, fields, status, said):
    member(arena, "viewer", "ann")
    answer = signed_in("admin").post(NEW, {**OFFER, **fields})
    assert answer.status_code == status
    assert said in text_of(answer)
    assert Membership.objects.filter(project=arena).count() == 2


def test_role_is_changed_and_audited(arena, signed_in):
    row = member(arena, "viewer", "ann")
    assert told(change(signed_in("admin", "noor"), row, "moderator")) == ["ann is now moderator."]
    row.refresh_from_db()
    assert row.role == "moderator"
    assert AuditEntry.objects.filter(action="member.role", actor="noor").exists()


def test_admin_changes_no_owner(arena, signed_in):
    rows = [member(arena, "owner", "ann"), member(arena, "owner", "bob")]
    page = signed_in("admin")
    text = text_of(page.get(MEMBERS))
    assert f"{rows[0].pk}/role" not in text
    assert 'value="owner"' not in text
    assert "Only an owner" in told(change(page, rows[0], "viewer"))[0]
    assert "Only an owner" in told(page.post(remove(rows[0]), follow=True))[0]
    assert Membership.objects.filter(role="owner").count() == 2


def test_last_owner_stays(arena, signed_in):
    page = signed_in("owner", "zoe")
    row = Membership.objects.get(role="owner")
    assert "only owner" in told(change(page, row, "admin"))[0]
    assert "only owner" in told(page.post(remove(row), follow=True))[0]
    row.refresh_from_db()
    assert row.role == "owner"


def test_removing_asks_first_then_removes(arena, signed_in):
    row, page = member(arena, "viewer", "ann"), signed_in("admin")
    assert "ann loses all access" in text_of(page.get(remove(row)))
    assert Membership.objects.filter(pk=row.pk).exists()
    page.post(remove(row))
    assert not Membership.objects.filter(pk=row.pk).exists()
    assert AuditEntry.objects.filter(action="member.removed").exists()


def test_who_leaves_is_led_to_their_projects(signed_in):
    page = signed_in("admin", "zoe")
    row = Membership.objects.get(user__username="zoe")
    assert "You lose all access" in text_of(page.get(remove(row)))
    assert page.post(remove(row))["Location"] == "/"
    assert page.get(MEMBERS).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_everybody_can_leave(arena, signed_in, role):
    page = signed_in(role, "zoe")
    assert LEAVE in text_of(page.get("/p/arena/settings/me"))
    assert "You lose all access" in text_of(page.get(LEAVE))
    assert page.post(LEAVE)["Location"] == "/"
    assert page.get("/p/arena/queue").status_code == 404


def test_only_owner_cannot_leave(signed_in):
    page = signed_in("owner")
    assert "only owner" in told(page.post(LEAVE, follow=True))[0]
    assert page.get(MEMBERS).status_code == 200


def test_member_of_another_project_is_not_there(signed_in):
    row = member(make_project("den"), "viewer")
    page = signed_in("owner")
    assert page.get(remove(row)).status_code == 404
    assert page.post(remove(row)).status_code == 404
    assert change(page, row, "admin").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_who_is_no_admin_sees_and_changes_nothing(arena, signed_in, role):
    row, page = member(arena, "viewer", "ann"), signed_in(role)
    assert page.get(MEMBERS).status_code == 403
    assert page.get(NEW).status_code == 403
    assert page.post(NEW, {**OFFER, "username": "x"}).status_code == 403
    assert change(page, row, "admin").status_code == 403
    assert page.post(remove(row)).status_code == 403


def test_stranger_finds_nothing(arena, signed_in):
    row, page = member(arena, "viewer"), signed_in(None)
    assert [page.get(path).status_code for path in (MEMBERS, NEW, remove(row))] == [404] * 3


def test_without_a_csrf_token_nothing_is_done(arena):
    row, page = member(arena, "viewer"), Client(enforce_csrf_checks=True)
    page.force_login(make_caller(arena, "owner").user)
    assert page.post(remove(row)).status_code == 403
    assert Membership.objects.filter(pk=row.pk).exists()


def test_hostile_name_is_shown_as_text(arena, signed_in):
    row = member(arena, "viewer")
    row.user.username = evil = "<img src=x onerror=alert(1)>"
    row.user.save()
    page = signed_in("admin")
    for address in (MEMBERS, remove(row)):
        assert shows_as_text(page.get(address), evil)
