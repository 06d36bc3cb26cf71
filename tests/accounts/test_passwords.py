"""Somebody changes their password, their address or their single sign-on."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User

from moderation.accounts import passwords, single_sign_on
from moderation.models import AuditEntry

pytestmark = pytest.mark.django_db
PASSWORD, NEW = "a sentence that is long", "another sentence as long"


@pytest.fixture
def noor():
    person = User.objects.create_user("noor", "noor@example.org", PASSWORD)
    SocialAccount.objects.create(user=person, provider="oidc", uid="4711")
    return person


CHANGES = {
    "password": lambda person: passwords.change_password(person, current=PASSWORD, new=NEW),
    "email": lambda person: passwords.change_email(person, email="new@example.org"),
    "disconnected": single_sign_on.disconnect,
}


def stored(person):
    fresh = User.objects.get(pk=person.pk)
    return fresh.check_password(PASSWORD), fresh.email, single_sign_on.is_connected(fresh)


@pytest.mark.parametrize("change", CHANGES)
def test_change_is_in_the_audit_log(noor, change):
    before = stored(noor)
    CHANGES[change](noor)
    assert stored(noor) != before
    assert AuditEntry.objects.get(object_id=str(noor.pk)).action == f"account.{change}"


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_changes_without_its_audit_entry(noor, change, monkeypatch):
    def fail(*_args, **_fields):
        raise RuntimeError

    monkeypatch.setattr(passwords, "write_audit", fail)
    monkeypatch.setattr(single_sign_on, "write_audit", fail)
    before = stored(noor)
    with pytest.raises(RuntimeError):
        CHANGES[change](noor)
    assert stored(noor) == before
