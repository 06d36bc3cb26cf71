"""Work that can wait lets go while a client waits, and still gets done."""

import threading

import pytest

from moderation.engine import giving_way
from moderation.engine.custom_rules.ruleset import BlacklistEntry, build_ruleset
from moderation.engine.giving_way import give_way, urgent
from moderation.engine.matches import Category


@pytest.fixture
def pauses(monkeypatch):
    """Return the pauses that were made; time only passes in them."""
    made = []
    monkeypatch.setattr(giving_way.time, "sleep", made.append)
    monkeypatch.setattr(giving_way.time, "monotonic", lambda: sum(made))
    monkeypatch.setattr(giving_way, "_own", threading.local())
    return made


@pytest.fixture
def busy():
    """Let another thread do urgent work until the test ends it."""
    begun, ended = threading.Event(), threading.Event()

    def work():
        with urgent():
            begun.set()
            ended.wait(60)

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait(60)
    yield ended
    ended.set()
    thread.join()


def test_nobody_waits_for_nobody(pauses):
    give_way()
    assert pauses == []


def test_a_loop_pauses_while_a_client_waits_and_then_goes_on(pauses, busy):
    give_way()
    assert sum(pauses) == pytest.approx(giving_way.MOST_WAIT_SECONDS)
    count = len(pauses)
    # It has its share of the time before it pauses again.
    give_way()
    assert len(pauses) == count
    pauses.append(giving_way.RUN_SECONDS)
    give_way()
    assert len(pauses) > count + 1


def test_it_goes_on_as_soon_as_nobody_waits(pauses, busy, monkeypatch):
    def end(seconds):
        pauses.append(seconds)
        busy.set()
        while giving_way._urgent:
            pass

    monkeypatch.setattr(giving_way.time, "sleep", end)
    give_way()
    assert len(pauses) == 1


def test_urgent_work_does_not_wait_for_itself(pauses, busy):
    with urgent():
        give_way()
    assert pauses == []


def test_urgent_work_may_have_urgent_parts(pauses, busy):
    with urgent():
        with urgent():
            pass
        give_way()
    assert pauses == []
    give_way()
    assert pauses


def test_work_that_fails_is_urgent_no_longer(pauses):
    with pytest.raises(RuntimeError), urgent():
        raise RuntimeError
    assert giving_way._urgent == set()


@pytest.mark.parametrize("is_regex", [True, False])
def test_a_list_that_is_compiled_gives_way(pauses, busy, is_regex):
    entries = [
        BlacklistEntry(str(number), f"grumble{number}", Category.OTHER, 0.9, is_regex=is_regex)
        for number in range(100)
    ]
    build_ruleset(blacklist=entries)
    assert pauses
