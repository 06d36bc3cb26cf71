"""Members and keys: who may change whom, and what is kept of a key."""

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from moderation.accounts.callers import caller_of_member
from moderation.accounts.invitations import offer
from moderation.accounts.key_lookup import caller_of_key, digest_of
from moderation.accounts.keys import create_key
from moderation.accounts.members import change_role, dismiss, leave, set_role
from moderation.accounts.people import create_person
from moderation.lib.errors import AlreadyExists, Conflict, Forbidden, Invalid, NotFound
from moderation.models import ApiKey, AuditEntry, Membership
from tests.factories import make_caller, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def arena():
    return make_project("arena")


def person(name="zoe"):
    return get_user_model().objects.create_user(name)


def member(project, role):
    return membership_of(make_caller(project, role))


def membership_of(caller):
    return Membership.objects.select_related("user", "project").get(
        project=caller.project, user_id=caller.user.pk
    )


def role_of(membership):
    return Membership.objects.get(pk=membership.pk).role


# --- The last owner


def test_last_owner_is_not_demoted(arena):
    owner = make_caller(arena, "owner")
    with pytest.raises(Conflict, match="only owner"):
        change_role(owner, membership_of(owner), "admin")
    assert role_of(membership_of(owner)) == "owner"


def test_last_owner_is_not_removed(arena):
    owner = make_caller(arena, "owner")
    with pytest.raises(Conflict, match="only owner"):
        dismiss(owner, membership_of(owner))
    assert Membership.objects.count() == 1


def test_last_owner_is_not_demoted_from_the_command_line_either(arena):
    owner = make_caller(arena, "owner")
    with pytest.raises(Conflict):
        set_role(arena, owner.user, "viewer", actor="command line")


def test_one_of_two_owners_may_step_down_and_leave(arena):
    owner, other = make_caller(arena, "owner"), make_caller(arena, "owner")
    change_role(owner, membership_of(owner), "moderator")
    dismiss(owner, membership_of(owner))
    assert [row.user_id for row in Membership.objects.all()] == [other.user.pk]


def test_owner_of_another_project_does_not_count(arena):
    owner, den = make_caller(arena, "owner"), make_project("den")
    set_role(den, person(), "owner", actor="tests")
    with pytest.raises(Conflict):
        dismiss(owner, membership_of(owner))


# --- Who may


@pytest.mark.parametrize("role", ["viewer", "moderator", "admin", "owner"])
def test_everybody_can_leave(arena, role):
    make_caller(arena, "owner", "stays")
    caller = make_caller(arena, role)
    leave(caller)
    assert [row.user.username for row in Membership.objects.all()] == ["stays"]
    assert AuditEntry.objects.first().action == "member.removed"


def test_key_does_not_leave(arena):
    raw = create_key(arena, name="bot", scopes=["admin"], actor="tests")[1]
    with pytest.raises(Forbidden, match="revoke it"):
        leave(caller_of_key(raw))


def test_only_owner_of_a_project_is_not_deleted(arena):
    owner = make_caller(arena, "owner")
    for delete in (owner.user.delete, get_user_model().objects.all().delete):
        with pytest.raises(Conflict, match="only owner of arena"), transaction.atomic():
            delete()
    make_caller(arena, "owner")
    owner.user.delete()
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_who_is_no_admin_changes_nobody(arena, role):
    caller, other = make_caller(arena, role), member(arena, "viewer")
    with pytest.raises(Forbidden):
        change_role(caller, other, "moderator")
    with pytest.raises(Forbidden):
        dismiss(caller, other)
    with pytest.raises(Forbidden):
        offer(caller, "zoe", "viewer", now=timezone.now())
    assert role_of(other) == "viewer"


def test_admin_manages_viewers_moderators_and_admins(arena):
    admin, other = make_caller(arena, "admin"), member(arena, "viewer")
    assert change_role(admin, other, "admin").role == "admin"
    dismiss(admin, other)
    assert not Membership.objects.filter(pk=other.pk).exists()


def test_admin_neither_makes_nor_changes_nor_removes_owners(arena):
    admin, owner, other = (make_caller(arena, role) for role in ("admin", "owner", "viewer"))
    make_caller(arena, "owner")
    for act in (
        lambda: change_role(admin, membership_of(other), "owner"),
        lambda: change_role(admin, membership_of(owner), "viewer"),
        lambda: dismiss(admin, membership_of(owner)),
        lambda: offer(admin, "new", "owner", now=timezone.now()),
    ):
        with pytest.raises(Forbidden):
            act()
    assert role_of(membership_of(owner)) == "owner"


def test_admin_does_not_raise_themselves(arena):
    admin = make_caller(arena, "admin")
    with pytest.raises(Forbidden):
        change_role(admin, membership_of(admin), "owner")


def test_who_was_demoted_meanwhile_does_not_raise_themselves_again(arena):
    admin = make_caller(arena, "admin")
    set_role(arena, admin.user, "viewer", actor="tests")
    with pytest.raises(Forbidden, match="own role"):
        change_role(admin, membership_of(admin), "admin")


def test_admin_does_not_touch_a_member_who_became_an_owner_meanwhile(arena):
    admin, stale = make_caller(arena, "admin"), member(arena, "viewer")
    make_caller(arena, "owner")
    set_role(arena, stale.user, "owner", actor="tests")
    with pytest.raises(Forbidden):
        change_role(admin, stale, "moderator")
    with pytest.raises(Forbidden):
        dismiss(admin, stale)
    assert role_of(stale) == "owner"


def test_member_who_left_meanwhile_is_not_brought_back_by_a_new_role(arena):
    owner, stale = make_caller(arena, "owner"), member(arena, "viewer")
    dismiss(owner, membership_of(caller_of_member(stale.user, "arena")))
    with pytest.raises(NotFound, match="no longer a member"):
        change_role(owner, stale, "moderator")
    assert not Membership.objects.filter(user=stale.user).exists()


def test_member_is_removed_once(arena):
    owner, stale = make_caller(arena, "owner"), member(arena, "viewer")
    dismiss(owner, membership_of(caller_of_member(stale.user, "arena")))
    with pytest.raises(NotFound, match="no longer a member"):
        dismiss(owner, stale)
    assert AuditEntry.objects.filter(action="member.removed").count() == 1


def test_owner_makes_another_owner(arena):
    owner, other = make_caller(arena, "owner"), member(arena, "viewer")
    assert change_role(owner, other, "owner").role == "owner"


def test_unknown_role_is_refused(arena):
    with pytest.raises(Invalid):
        offer(make_caller(arena, "owner"), "zoe", "king", now=timezone.now())


# --- New accounts


@pytest.mark.parametrize("name", ["no or", "", "x" * 151, "<b>"])
def test_name_that_nobody_can_sign_in_with_is_refused(db, name):
    with pytest.raises(Invalid) as refused:
        create_person(name)
    assert refused.value.field == "username"


def test_account_that_is_there_is_told(db):
    person("zoe")
    with pytest.raises(AlreadyExists):
        create_person("zoe")


# --- Keys


def test_of_a_key_only_its_prefix_and_digest_are_kept(arena):
    key, raw = create_key(arena, name=" bot ", scopes=["check"], actor="noor")
    assert caller_of_key(raw).name == "bot"
    assert ApiKey.objects.get().digest == digest_of(raw)
    kept = [*ApiKey.objects.values(), *AuditEntry.objects.values()]
    assert raw not in str(kept)
    assert raw.startswith(key.prefix)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["root"]}, "scopes"),
        ({"rate_per_minute": 0}, "rates"),
        ({"rate_per_hour": 1_000_001}, "rates"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_key_that_makes_no_sense_is_refused(arena, changed, field):
    wanted = {"name": "bot", "scopes": ["check"], "actor": "noor", **changed}
    with pytest.raises(Invalid) as refused:
        create_key(arena, **wanted)
    assert refused.value.field == field
    assert not ApiKey.objects.exists()
