"""Threads queue for SQLite's write lock, and whoever is done lets the next one in."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import DatabaseError, OperationalError, connection, connections, transaction

from moderation.models import Project
from moderation_site.sqlite.base import _turns

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows"),
]


@pytest.fixture
def arena():
    return Project.objects.create(slug="arena", name="Arena")


def is_free():
    return not any(turn.locked() for turn in _turns.values())


def rename(name):
    with transaction.atomic():
        Project.objects.update(name=name)


def test_the_turn_is_held_until_the_commit(arena):
    with transaction.atomic():
        assert not is_free()
    assert is_free()


def test_a_rolled_back_transaction_ends_its_turn(arena):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert is_free()


def test_a_closed_connection_ends_its_turn(arena):
    def vanish():
        with transaction.atomic():
            Project.objects.update(name="unsaved")
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        assert isinstance(pool.submit(vanish).exception(), DatabaseError | None)
    rename("saved")
    assert (Project.objects.get().name, is_free()) == ("saved", True)


def test_a_savepoint_waits_for_nobody(arena):
    with transaction.atomic(), transaction.atomic():
        Project.objects.update(name="inner")
    assert (Project.objects.get().name, is_free()) == ("inner", True)


def test_eight_threads_write_in_turn(arena):
    def add(number):
        try:
            for step in range(10):
                with transaction.atomic():
                    Project.objects.create(slug=f"p{number}-{step}", name="made")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(8)))
    assert (Project.objects.filter(name="made").count(), is_free()) == (80, True)


def test_who_waited_for_the_turn_does_not_wait_as_long_again_for_the_lock(arena, monkeypatch):
    name = str(connection.settings_dict["NAME"])
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.3)
    with closing(sqlite3.connect(name, check_same_thread=False)) as other, _turns[name]:
        other.execute("BEGIN IMMEDIATE")
        # Who waits as long again gets the lock.
        release = threading.Timer(5, other.rollback)
        release.start()
        with pytest.raises(OperationalError, match="locked"):
            rename("never")
        release.cancel()
        release.join()
    monkeypatch.undo()
    rename("saved")
    assert connection.connection.execute("PRAGMA busy_timeout").fetchone() == (300,)
    connection.close()
