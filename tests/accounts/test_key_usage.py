"""When a key was used last: to the minute, without a write of its own for each request."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from moderation.accounts import key_usage
from moderation.accounts.key_lookup import caller_of_key, take_used_keys
from moderation.models import ApiKey
from tests.messages import forget, key, project

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]


@pytest.fixture
def raw():
    """Return a key that nobody used."""
    take_used_keys()
    return key(project(), "check")


def used(raw):
    """Use a key as a process that did not remember it."""
    forget()
    return caller_of_key(raw)


def last_used():
    return ApiKey.objects.get().last_used_at


def test_a_use_is_stored_beside_the_request(raw):
    before = timezone.now()
    assert used(raw)
    assert last_used() is None
    assert key_usage.run_once() == 1
    assert before <= last_used() <= timezone.now()


def test_a_request_writes_nothing(raw):
    with CaptureQueriesContext(connection) as queries:
        used(raw)
        caller_of_key(raw)
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]


def test_what_was_stored_is_not_stored_again(raw):
    used(raw)
    assert [key_usage.run_once(), key_usage.run_once()] == [1, 0]


@pytest.mark.parametrize(("seconds", "written"), [(59, 0), (61, 1)])
def test_a_row_is_written_once_a_minute(raw, seconds, written):
    before = timezone.now() - timedelta(seconds=seconds)
    ApiKey.objects.update(last_used_at=before)
    used(raw)
    assert key_usage.run_once() == written
    assert (last_used() > before) is bool(written)


def test_the_later_of_two_processes_writes_nothing(raw, monkeypatch):
    used(raw)
    store = key_usage._store_one

    def another_was_faster(key_id, moment):
        ApiKey.objects.update(last_used_at=moment)
        return store(key_id, moment)

    monkeypatch.setattr(key_usage, "_store_one", another_was_faster)
    assert key_usage.run_once() == 0


def test_a_refused_key_is_not_used(raw):
    ApiKey.objects.update(revoked_at=timezone.now())
    assert used(raw) is None
    assert key_usage.run_once() == 0


def test_a_use_outlives_a_database_that_is_away(raw, monkeypatch):
    used(raw)

    def away(*args):
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(key_usage, "_store_one", away)
        with pytest.raises(DatabaseError):
            key_usage.run_once()
    assert key_usage.run_once() == 1


@pytest.mark.django_db(transaction=True)
def test_a_process_that_stops_stores_what_it_knows(raw):
    used(raw)
    stopped = threading.Event()
    stopped.set()
    thread = threading.Thread(target=key_usage.run_until, args=[stopped])
    thread.start()
    thread.join(60)
    assert last_used()
