"""Invitations: who may invite to what, and that each link is used once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from moderation.accounts import invitations
from moderation.accounts.invitations import InvitationOver, MemberAlready
from moderation.accounts.key_lookup import caller_of_key, digest_of
from moderation.accounts.keys import create_key, revoke_key
from moderation.accounts.members import remove_member, set_role
from moderation.lib.errors import AlreadyExists, Conflict, Forbidden, Invalid, NotFound
from moderation.models import AuditEntry, Invitation, Membership
from tests.factories import make_caller, make_project

pytestmark = pytest.mark.django_db
PASSWORD = "a sentence that is long"


@pytest.fixture
def arena():
    return make_project("arena")


@pytest.fixture
def admin(arena):
    return make_caller(arena, "admin", "noor")


def invite(caller, role="moderator", **options):
    return invitations.invite(caller, role, **{"now": timezone.now(), **options})


def accept(token, person=None):
    person = person or User.objects.create_user(f"person{User.objects.count()}")
    return invitations.accept(token, person, now=timezone.now())


def role_in(project, name):
    return Membership.objects.get(project=project, user__username=name).role


def audited():
    return list(AuditEntry.objects.order_by("id").values_list("action", "actor"))


# --- Inviting


def test_of_a_link_only_the_digest_is_kept(admin):
    row, token = invite(admin, email=" zoe@example.org ")
    assert (row.email, row.invited_by, row.digest) == ("zoe@example.org", "noor", digest_of(token))
    kept = [*Invitation.objects.values(), *AuditEntry.objects.values()]
    assert token not in str(kept)
    assert len(token) == 43


def test_an_invitation_holds_a_week_unless_said_otherwise(admin):
    now = timezone.now()
    assert invite(admin, now=now)[0].expires_at == now + timedelta(days=7)
    assert invite(admin, now=now, days=1)[0].expires_at == now + timedelta(days=1)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("viewer", []),
        ("moderator", []),
        ("admin", ["viewer", "moderator", "admin"]),
        ("owner", ["viewer", "moderator", "admin", "owner"]),
    ],
)
def test_nobody_invites_above_their_own_role(arena, role, may):
    caller, invited = make_caller(arena, role), []
    for wanted in ("viewer", "moderator", "admin", "owner"):
        try:
            invited.append(invite(caller, wanted)[0].role)
        except Forbidden:
            continue
    assert invited == may


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": f"{'x' * 250}@example.org"}, "email"),
        ({"days": 0}, "days"),
        ({"days": 91}, "days"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_an_invitation_that_makes_no_sense_is_refused(admin, changed, field):
    with pytest.raises(Invalid) as refused:
        invite(admin, **changed)
    assert refused.value.field == field
    assert not Invitation.objects.exists()


def test_member_is_not_invited_if_they_show_their_address(arena, admin):
    person = User.objects.create_user("zoe", "Zoe@example.org")
    row = set_role(arena, person, "viewer", actor="tests")
    assert invite(admin, email="zoe@EXAMPLE.org")[0].email == "zoe@EXAMPLE.org"
    row.shares_email = True
    row.save()
    with pytest.raises(AlreadyExists):
        invite(admin, email="zoe@EXAMPLE.org")
    assert invite(admin)[0].email == ""


def test_open_invitations_are_counted(admin, monkeypatch):
    monkeypatch.setattr(invitations, "MOST_OPEN", 1)
    row, _ = invite(admin)
    with pytest.raises(Conflict, match="revoke some"):
        invite(admin)
    invitations.revoke(row, actor="noor", now=timezone.now())
    assert invite(admin)


# --- Accepting


def test_who_has_the_link_becomes_what_it_says(arena, admin):
    row, token = invite(admin, "moderator")
    member = accept(token, User.objects.create_user("zoe"))
    row.refresh_from_db()
    assert (member.project, member.role, row.accepted_by) == (arena, "moderator", member.user)
    assert audited()[-3:] == [
        ("invitation.created", "noor"),
        ("invitation.accepted", "zoe"),
        ("member.role", "zoe"),
    ]


def test_a_link_is_used_once(admin):
    token = invite(admin)[1]
    accept(token)
    with pytest.raises(InvitationOver, match="accepted"):
        accept(token)


def test_a_link_ends_with_its_time(admin):
    token = invite(admin, now=timezone.now() - timedelta(days=8))[1]
    with pytest.raises(InvitationOver, match="expired"):
        accept(token)


def test_a_revoked_link_leads_nowhere(admin):
    row, token = invite(admin)
    now = timezone.now()
    assert [invitations.revoke(row, actor="noor", now=now) for _ in "12"] == [True, False]
    with pytest.raises(InvitationOver, match="revoked"):
        accept(token)
    assert audited()[-1] == ("invitation.revoked", "noor")


def test_what_was_accepted_is_not_revoked(admin):
    row, token = invite(admin)
    accept(token)
    assert invitations.revoke(row, actor="noor", now=timezone.now()) is False


@pytest.mark.parametrize("token", ["", "nonsense", "\udcff", "a\0b", "x" * 9000], ids=ascii)
def test_a_link_that_is_none_of_ours_is_not_found(db, token):
    with pytest.raises(NotFound):
        accept(token)


def test_a_member_uses_up_no_invitation_and_keeps_the_role(arena, admin):
    token = invite(admin, "viewer")[1]
    with pytest.raises(MemberAlready):
        accept(token, admin.user)
    assert role_in(arena, "noor") == "admin"
    assert accept(token).role == "viewer"


def test_a_new_person_gets_an_account_with_the_address(admin):
    token = invite(admin, email="zoe@example.org")[1]
    member = invitations.join(token, "zoe", PASSWORD, now=timezone.now())
    assert (member.user.email, member.user.is_staff) == ("zoe@example.org", False)
    assert member.user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [
        ("zoe", "short", "password"),
        ("zoe", "123456789012345", "password"),
        ("zoezoezoezoe", "zoezoezoezoe1", "password"),
        ("no or", PASSWORD, "username"),
        ("", PASSWORD, "username"),
    ],
)
def test_an_account_that_the_server_does_not_take_uses_up_nothing(admin, name, password, field):
    token = invite(admin)[1]
    with pytest.raises(Invalid) as refused:
        invitations.join(token, name, password, now=timezone.now())
    assert refused.value.field == field
    assert accept(token)


def test_a_name_that_somebody_has_is_refused(admin):
    token = invite(admin)[1]
    with pytest.raises(AlreadyExists):
        invitations.join(token, "noor", PASSWORD, now=timezone.now())


def test_who_comes_too_late_gets_no_account(admin, monkeypatch):
    token = invite(admin)[1]
    look = invitations.find_open

    def another_is_faster(*args):
        found = look(*args)
        accept(token)
        return found

    monkeypatch.setattr(invitations, "find_open", another_is_faster)
    with pytest.raises(InvitationOver):
        invitations.join(token, "zoe", PASSWORD, now=timezone.now())
    assert not User.objects.filter(username="zoe").exists()


# --- An inviter who may no longer


def test_invitations_end_with_the_right_to_invite(arena):
    make_caller(arena, "owner")
    owner = make_caller(arena, "owner", "zoe")
    rows = [invite(owner, role)[0] for role in ("viewer", "owner")]
    set_role(arena, owner.user, "admin", actor="noor")
    open_now = Invitation.objects.open(timezone.now())
    assert list(open_now) == [rows[0]]
    remove_member(Membership.objects.get(user=owner.user), actor="noor")
    assert not open_now.all().exists()
    assert audited().count(("invitation.revoked", "noor")) == 2


def test_others_invitations_stay_when_a_member_goes(arena, admin):
    other = make_caller(arena, "admin")
    invite(admin)
    set_role(arena, other.user, "viewer", actor="noor")
    assert Invitation.objects.open(timezone.now()).count() == 1


def test_what_a_key_invited_ends_when_the_key_is_revoked(arena, admin):
    row, raw = create_key(arena, name="app", scopes=["admin"], actor="noor")
    _, token = invite(caller_of_key(raw))
    invite(admin)
    revoke_key(row, actor="noor")
    assert [left.invited_by for left in Invitation.objects.open(timezone.now())] == ["noor"]
    assert ("invitation.revoked", "noor") in audited()
    with pytest.raises(InvitationOver):
        accept(token)


# --- At once


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_accept_at_once_one_wins(transactional_db):
    arena = make_project("arena")
    token = invite(make_caller(arena, "owner"))[1]
    people = [User.objects.create_user(f"person-{number}") for number in range(10)]
    start = Barrier(len(people))

    def take_part(person):
        start.wait(timeout=60)
        try:
            return accept(token, person).user.username
        except InvitationOver:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        won = [name for name in pool.map(take_part, people) if name]
    assert len(won) == 1
    assert Membership.objects.filter(role="moderator").get().user.username == won[0]
    assert Invitation.objects.get().accepted_by.username == won[0]


@pytest.mark.django_db(transaction=True)
def test_one_person_with_two_links_at_once_gets_one_role(transactional_db):
    arena = make_project("arena")
    owner, person = make_caller(arena, "owner"), User.objects.create_user("zoe")
    tokens = [invite(owner, role)[1] for role in ("viewer", "admin")]
    start = Barrier(2)

    def take_part(token):
        start.wait(timeout=60)
        try:
            return accept(token, person).role
        except MemberAlready:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(take_part, tokens))
    assert got.count(None) == 1
    assert role_in(arena, "zoe") in got
    assert Invitation.objects.filter(accepted_at=None).count() == 1
