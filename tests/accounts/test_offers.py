"""Invitations of an account: nobody becomes a member without accepting."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from moderation.accounts.callers import projects_of
from moderation.accounts.invitations import (
    InvitationOver,
    MemberAlready,
    accept_offer,
    decline_offer,
    find_open,
    offer,
)
from moderation.accounts.members import set_role
from moderation.lib.errors import AlreadyExists, NotFound
from moderation.models import AuditEntry, Invitation, Membership
from moderation.queries.people import offers_to
from tests.factories import make_caller, make_project

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def arena():
    return make_project("arena")


@pytest.fixture
def admin(arena):
    return make_caller(arena, "admin", "noor")


@pytest.fixture
def zoe(db):
    return User.objects.create_user("zoe", email="zoe@example.org")


def invite(caller, username="zoe", role="moderator"):
    return offer(caller, username, role, now=NOW)


def test_invited_person_is_no_member_until_they_accept(admin, zoe):
    invitation = invite(admin)
    assert projects_of(zoe) == []
    assert list(offers_to(zoe, NOW)) == [invitation]
    member = accept_offer(invitation.pk, zoe, now=NOW)
    assert (member.role, member.shares_email) == ("moderator", False)
    assert list(offers_to(zoe, NOW)) == []


def test_another_projects_offer_does_not_disturb_the_only_membership(admin, zoe):
    set_role(make_project("den"), zoe, "viewer", actor="tests")
    invite(admin)
    assert projects_of(zoe) == ["den"]


def test_name_without_an_account_gets_the_same_answer(admin, zoe):
    known, unknown = invite(admin), invite(admin, "nobody")
    same = ("role", "email", "invited_by", "expires_at", "accepted_at", "revoked_at")
    assert [getattr(known, name) for name in same] == [getattr(unknown, name) for name in same]
    assert unknown.invitee is None


def test_account_made_later_with_the_invited_name_does_not_get_the_offer(admin):
    invitation = invite(admin)
    late = User.objects.create_user("zoe")
    assert not offers_to(late, NOW).exists()
    with pytest.raises(NotFound):
        accept_offer(invitation.pk, late, now=NOW)


def test_nobody_else_accepts_or_declines(admin, zoe):
    invitation = invite(admin)
    stranger = User.objects.create_user("stranger")
    for answer in (accept_offer, decline_offer):
        with pytest.raises(NotFound):
            answer(invitation.pk, stranger, now=NOW)
    assert list(offers_to(zoe, NOW)) == [invitation]


def test_offer_is_no_link(admin, zoe):
    invite(admin)
    with pytest.raises(NotFound):
        find_open("", NOW)
    assert Invitation.objects.get().digest


def test_declined_offer_is_over_and_audited(admin, zoe):
    invitation = invite(admin)
    decline_offer(invitation.pk, zoe, now=NOW)
    assert (AuditEntry.objects.first().action, AuditEntry.objects.first().actor) == (
        "invitation.declined", "zoe",
    )  # fmt: skip
    with pytest.raises(InvitationOver):
        accept_offer(invitation.pk, zoe, now=NOW)
    assert not Membership.objects.filter(user=zoe).exists()


def test_expired_offer_is_over(admin, zoe):
    invitation = invite(admin)
    with pytest.raises(InvitationOver):
        accept_offer(invitation.pk, zoe, now=NOW + timedelta(days=8))


def test_member_or_invited_person_is_not_invited_again(admin, zoe):
    invitation = invite(admin)
    with pytest.raises(AlreadyExists, match="open invitation"):
        invite(admin)
    accept_offer(invitation.pk, zoe, now=NOW)
    with pytest.raises(AlreadyExists, match="already a member"):
        invite(admin)
    with pytest.raises(MemberAlready):
        accept_offer(invitation.pk, zoe, now=NOW)


def test_email_is_shared_only_if_the_person_says_so(admin, zoe):
    assert accept_offer(invite(admin).pk, zoe, shares_email=True, now=NOW).shares_email
