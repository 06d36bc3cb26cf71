"""The warm-up stores nothing and stops no start."""

import gc
from types import SimpleNamespace

import pytest
from django.db import DatabaseError

from moderation.pipeline import warm_up as module
from moderation.pipeline.warm_up import tidy_memory, warm_up
from moderation.rules.active import _cache
from tests.messages import forget, row_counts


@pytest.fixture(autouse=True)
def thawed():
    yield
    gc.unfreeze()


def test_it_compiles_rules_and_stores_nothing(arena):
    forget()
    before = row_counts()
    warm_up()
    assert row_counts() == before
    assert arena.pk in _cache


def test_a_database_that_is_away_stops_no_start(arena, monkeypatch, caplog):
    def gone(_submission):
        raise DatabaseError

    monkeypatch.setattr(module, "rehearse", gone)
    warm_up()
    assert "The database could not be used at the start" in caplog.messages


@pytest.mark.django_db
def test_without_a_project_it_does_nothing():
    before = row_counts()
    warm_up()
    assert (row_counts(), _cache) == (before, {})


def test_what_the_start_left_is_not_searched_again(arena):
    warm_up()
    assert gc.get_freeze_count() > 100_000
    assert len(gc.get_objects()) < 10_000


def test_memory_is_given_back_where_the_system_takes_it(monkeypatch):
    calls = []
    monkeypatch.setattr(module.ctypes, "CDLL", lambda _: SimpleNamespace(malloc_trim=calls.append))
    tidy_memory()
    assert calls == [0]


def test_a_system_that_takes_no_memory_back_stops_no_start(monkeypatch):
    libraries = [SimpleNamespace()]
    monkeypatch.setattr(module.ctypes, "CDLL", lambda _: libraries.pop())
    tidy_memory()
    assert libraries == []
