"""Sessions: they say whose they are, end when idle, and are ended by their owner alone."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from moderation.accounts.sessions import (
    SessionStore,
    end_others,
    end_session,
    forget_ended,
)
from moderation.models import WebSession
from moderation.pages import sessions as _pages_sessions  # noqa: F401 (begins each session)

pytestmark = pytest.mark.django_db


@pytest.fixture
def noor():
    return User.objects.create_user("noor")


def browser_of(person):
    client = Client()
    client.force_login(person)
    return client


def age(by, **fields):
    """Move the stored session into the past, inside its data too."""
    for row in WebSession.objects.all():
        store = SessionStore(row.session_key)
        for name in fields.get("names", ("seen_at",)):
            store[name] -= by.total_seconds()
        store.save()


def handle_of(client):
    return WebSession.objects.get(pk=client.session.session_key).handle


def is_in(client):
    return client.get("/account").status_code == 200


def test_session_says_whose_it_is_and_when_it_began(noor):
    browser_of(noor)
    row = WebSession.objects.get()
    assert (row.person, row.device) == (noor, "")
    assert abs(row.started_at - timezone.now()) < timedelta(minutes=1)
    assert row.seen_at == row.started_at


def test_session_of_nobody_has_no_owner(client):
    session = client.session
    session["a"] = 1
    session.save()
    assert WebSession.objects.get().person is None


def test_idle_session_ends(noor):
    client = browser_of(noor)
    age(settings.SESSION_IDLE - timedelta(minutes=1))
    assert is_in(client)
    age(settings.SESSION_IDLE + timedelta(minutes=1))
    assert not is_in(client)


def test_session_in_use_ends_after_its_longest_time(noor):
    client = browser_of(noor)
    age(settings.SESSION_LONGEST, names=("started_at",))
    assert not is_in(client)


def test_use_is_noted_once_in_five_minutes(noor, django_assert_num_queries):
    client = browser_of(noor)
    before = WebSession.objects.get().seen_at
    assert is_in(client)
    assert WebSession.objects.get().seen_at == before
    age(timedelta(minutes=6))
    assert is_in(client)
    assert WebSession.objects.get().seen_at >= before


def test_relay_forgets_what_has_ended(noor):
    browser_of(noor)
    # Not a moment from the start of the tests: a session from far ahead of it has ended, too.
    assert forget_ended(timezone.now()) == 0
    assert forget_ended(timezone.now() + settings.SESSION_IDLE) == 1


def test_owner_ends_one_session_or_all_others(noor):
    first, second, third = browser_of(noor), browser_of(noor), browser_of(noor)
    kept = third.session.session_key
    assert end_session(noor, handle_of(first), timezone.now())
    assert (is_in(first), is_in(second), is_in(third)) == (False, True, True)
    assert end_others(noor, kept) == 1
    assert (is_in(second), is_in(third)) == (False, True)


def test_nobody_ends_anothers_session(noor):
    omar = User.objects.create_user("omar")
    client = browser_of(noor)
    assert end_others(omar, None) == 0
    assert not end_session(omar, handle_of(client), timezone.now())
    assert is_in(client)


def test_handle_names_a_session_and_does_not_open_it(noor):
    first, second = browser_of(noor), browser_of(noor)
    handles = {handle_of(first), handle_of(second)}
    assert len(handles) == 2
    for handle in handles:
        assert not SessionStore(handle).exists(handle)
        assert first.session.session_key not in handle
    assert not end_session(noor, "", timezone.now())
