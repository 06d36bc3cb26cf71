"""Lasting connections: how they are set, and that one which the server ended is noticed."""

import psycopg
import pytest
from django.db import connection

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
