"""Members and keys: who may change whom, and what is kept of a key."""

import pytest
from django.contrib.auth import get_user_model

from moderation import access
from moderation.errors import AlreadyExists, Conflict, Forbidden, Invalid
from moderation.identity import caller_of_key, digest_of
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
        access.change_role(owner, membership_of(owner), "admin")
    assert role_of(membership_of(owner)) == "owner"


def test_last_owner_is_not_removed(arena):
    owner = make_caller(arena, "owner")
    with pytest.raises(Conflict, match="only owner"):
        access.dismiss(owner, membership_of(owner))
    assert Membership.objects.count() == 1


def test_last_owner_is_not_demoted_from_the_command_line_either(arena):
    owner = make_caller(arena, "owner")
    with pytest.raises(Conflict):
        access.set_role(arena, owner.user, "viewer", actor="command line")


def test_one_of_two_owners_may_step_down_and_leave(arena):
    owner, other = make_caller(arena, "owner"), make_caller(arena, "owner")
    access.change_role(owner, membership_of(owner), "moderator")
    access.dismiss(owner, membership_of(owner))
    assert [row.user_id for row in Membership.objects.all()] == [other.user.pk]


def test_owner_of_another_project_does_not_count(arena):
    owner, den = make_caller(arena, "owner"), make_project("den")
    access.set_role(den, person(), "owner", actor="tests")
    with pytest.raises(Conflict):
        access.dismiss(owner, membership_of(owner))


# --- Who may


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_who_is_no_admin_changes_nobody(arena, role):
    caller, other = make_caller(arena, role), member(arena, "viewer")
    with pytest.raises(Forbidden):
        access.change_role(caller, other, "moderator")
    with pytest.raises(Forbidden):
        access.dismiss(caller, other)
    with pytest.raises(Forbidden):
        access.admit(caller, person(), "viewer")
    assert role_of(other) == "viewer"


def test_admin_manages_viewers_moderators_and_admins(arena):
    admin, other = make_caller(arena, "admin"), member(arena, "viewer")
    assert access.change_role(admin, other, "admin").role == "admin"
    access.dismiss(admin, other)
    assert not Membership.objects.filter(pk=other.pk).exists()


def test_admin_neither_makes_nor_changes_nor_removes_owners(arena):
    admin, owner, other = (make_caller(arena, role) for role in ("admin", "owner", "viewer"))
    make_caller(arena, "owner")
    for act in (
        lambda: access.change_role(admin, membership_of(other), "owner"),
        lambda: access.change_role(admin, membership_of(owner), "viewer"),
        lambda: access.dismiss(admin, membership_of(owner)),
        lambda: access.admit(admin, person("new"), "owner"),
    ):
        with pytest.raises(Forbidden):
            act()
        get_user_model().objects.filter(username="new").delete()
    assert role_of(membership_of(owner)) == "owner"


def test_admin_does_not_raise_themselves(arena):
    admin = make_caller(arena, "admin")
    with pytest.raises(Forbidden):
        access.change_role(admin, membership_of(admin), "owner")


def test_who_was_demoted_meanwhile_does_not_raise_themselves_again(arena):
    admin = make_caller(arena, "admin")
    access.set_role(arena, admin.user, "viewer", actor="tests")
    with pytest.raises(Forbidden, match="own role"):
        access.change_role(admin, membership_of(admin), "admin")


def test_owner_makes_another_owner(arena):
    owner, other = make_caller(arena, "owner"), member(arena, "viewer")
    assert access.change_role(owner, other, "owner").role == "owner"


def test_unknown_role_is_refused(arena):
    with pytest.raises(Invalid):
        access.admit(make_caller(arena, "owner"), person(), "king")


def test_who_is_a_member_already_is_not_admitted_again(arena):
    owner, other = make_caller(arena, "owner"), make_caller(arena, "admin")
    with pytest.raises(AlreadyExists):
        access.admit(owner, other.user, "viewer")
    assert role_of(membership_of(other)) == "admin"


# --- New accounts


def test_new_member_signs_in_with_the_password_that_was_told(arena):
    made, password = access.admit_new(make_caller(arena, "owner"), "zoe", "z@example.org", "viewer")
    assert made.user.check_password(password)
    assert len(password) == 16
    assert password not in str(list(AuditEntry.objects.values_list("data", flat=True)))


def test_account_of_a_refused_member_is_not_made(arena):
    with pytest.raises(Forbidden):
        access.admit_new(make_caller(arena, "admin"), "zoe", "", "owner")
    assert not get_user_model().objects.filter(username="zoe").exists()


@pytest.mark.parametrize("name", ["no or", "", "x" * 151, "<b>"])
def test_name_that_nobody_can_sign_in_with_is_refused(arena, name):
    with pytest.raises(Invalid) as refused:
        access.admit_new(make_caller(arena, "owner"), name, "", "viewer")
    assert refused.value.field == "username"


def test_account_that_is_there_or_gone_is_told(arena):
    person("zoe")
    with pytest.raises(AlreadyExists):
        access.make_person("zoe")
    with pytest.raises(Invalid, match="nobody"):
        access.find_person("yan")
    get_user_model().objects.update(is_active=False)
    with pytest.raises(Invalid, match="switched off"):
        access.find_person("zoe")


# --- Keys


def test_of_a_key_only_its_prefix_and_digest_are_kept(arena):
    key, raw = access.create_key(arena, name=" bot ", scopes=["check"], actor="noor")
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
        access.create_key(arena, **wanted)
    assert refused.value.field == field
    assert not ApiKey.objects.exists()
