"""Lasting connections: how they are set, and that one which the server ended is noticed."""

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from tests.services import ADDRESSES

pytestmark = [
    pytest.mark.on_services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server"),
]


@pytest.fixture
def lasting():
    """Return the test's connection as a request takes it over from the one before."""
    connection.ensure_connection()
    connection.health_check_enabled = True
    connection.health_check_done = False
    return connection


def answer():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def test_a_sound_connection_is_kept(lasting):
    before = lasting.connection.info.backend_pid
    assert (lasting.is_usable(), answer()) == (True, before)


def test_a_connection_that_the_server_ended_is_replaced(lasting):
    before = lasting.connection.info.backend_pid
    with psycopg.connect(ADDRESSES["postgresql"], autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    assert lasting.is_usable() is False
    assert answer() != before


def test_after_an_error_the_server_is_asked(lasting):
    lasting.errors_occurred = True
    assert lasting.is_usable() is True


def test_statements_run_in_one_process(lasting):
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_parallel_workers_per_gather")
        assert cursor.fetchone() == ("0",)


INSERT = "INSERT INTO moderation_lease (name, holder, expires_at) VALUES (%s, 'me', now())"


def insert(name):
    with connection.committing_alone(), connection.cursor() as cursor:
        cursor.execute(INSERT, [name])


def seen_by_others():
    """Return what is committed."""
    with psycopg.connect(ADDRESSES["postgresql"], dbname=connection.settings_dict["NAME"]) as other:
        rows = other.execute("SELECT name FROM moderation_lease ORDER BY name").fetchall()
    return [name for (name,) in rows]


def test_a_transaction_of_one_statement_commits_with_it(lasting):
    with transaction.atomic():
        insert("a")
        assert seen_by_others() == ["a"]
    assert connection.get_autocommit() is True


def test_after_another_statement_it_commits_at_the_end(lasting):
    with transaction.atomic():
        answer()
        insert("a")
        assert seen_by_others() == []
    assert seen_by_others() == ["a"]


def test_within_an_outer_transaction_it_commits_with_that(lasting):
    with transaction.atomic():
        with transaction.atomic():
            insert("a")
        transaction.set_rollback(True)
    assert seen_by_others() == []


def test_a_statement_that_fails_stores_nothing_and_the_next_transaction_is_whole(lasting):
    insert("a")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert("a")
    with transaction.atomic():
        answer()
        insert("b")
        transaction.set_rollback(True)
    assert seen_by_others() == ["a"]


def test_what_a_commit_causes_follows_it(lasting):
    caused = []
    with transaction.atomic():
        transaction.on_commit(lambda: caused.append(seen_by_others()))
        insert("a")
        assert caused == []
    assert caused == [["a"]]


def test_a_connection_that_ends_meanwhile_is_an_operational_error(lasting):
    before = answer()
    with psycopg.connect(ADDRESSES["postgresql"], autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    with pytest.raises(OperationalError), transaction.atomic():
        insert("a")
    assert answer() != before
    insert("b")
    assert seen_by_others() == ["b"]
