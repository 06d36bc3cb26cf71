"""Texts of many callers share batches; no caller waits for a model that hangs."""

import threading
from concurrent.futures import CancelledError

import pytest

from moderation.engine.model.batching import Batcher

LONG = 60.0
LATE = 0.0


class Gate:
    """Scores a text by its length, and notes its batches; waits at the gate before each."""

    def __init__(self):
        self.batches = []
        self.entered = threading.Semaphore(0)
        self.opened = threading.Semaphore(0)

    def __call__(self, texts):
        self.batches.append(list(texts))
        self.entered.release()
        self.opened.acquire()
        if "broken" in texts:
            raise ValueError("broken")
        return [len(text) for text in texts]

    def open(self):
        self.opened.release(1000)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.open()


def held(gate, **limits):
    """Return a batcher whose model hangs on its first text, so that what comes next piles up."""
    batcher = Batcher(gate, **limits)
    batcher.submit("first", LONG)
    gate.entered.acquire()
    return batcher


def results(futures):
    return [future.result(timeout=LONG) for future in futures]


def test_texts_that_wait_together_are_scored_together_eight_at_a_time(gate):
    batcher = held(gate)
    futures = [batcher.submit("x" * size, LONG) for size in range(1, 18)]
    gate.open()
    assert results(futures) == list(range(1, 18))
    assert [len(batch) for batch in gate.batches] == [1, 8, 8, 1]


def test_a_batch_is_the_oldest_text_with_those_nearest_in_length(gate):
    batcher = held(gate, size=3)
    futures = [batcher.submit("x" * size, LONG) for size in (50, 3, 400, 52, 4, 47)]
    gate.open()
    results(futures)
    lengths = [[len(text) for text in batch] for batch in gate.batches[1:]]
    assert lengths == [[50, 52, 47], [3, 4, 400]]


def test_what_somebody_waits_for_comes_before_what_is_late(gate):
    batcher = held(gate, size=1)
    futures = [batcher.submit("late", LATE), batcher.submit("awaited", LONG)]
    gate.open()
    assert results(futures) == [4, 7]
    assert gate.batches == [["first"], ["awaited"], ["late"]]


def test_a_full_queue_takes_nothing_more_while_somebody_waits_for_all_of_it(gate):
    batcher = held(gate, capacity=2)
    assert [bool(batcher.submit(text, LONG)) for text in "abc"] == [True, True, False]


def test_a_full_queue_gives_up_the_oldest_late_text_for_a_new_one(gate):
    batcher = held(gate, capacity=2)
    late = [batcher.submit("a", LATE), batcher.submit("b", LATE)]
    fresh = batcher.submit("c", LONG)
    gate.open()
    assert results([late[1], fresh]) == [1, 1]
    with pytest.raises(CancelledError):
        late[0].result(timeout=LONG)


def test_a_text_that_breaks_the_model_costs_only_its_own_score(gate):
    batcher = held(gate)
    fine, broken = batcher.submit("fine", LONG), batcher.submit("broken", LONG)
    gate.open()
    assert fine.result(timeout=LONG) == 4
    with pytest.raises(ValueError, match="broken"):
        broken.result(timeout=LONG)


def test_a_batcher_says_how_long_its_model_has_been_busy(gate):
    batcher = held(gate)
    assert batcher.busy_seconds() > 0
    gate.open()
    results([batcher.submit("next", LONG)])
    batcher.close()
    batcher._thread.join(LONG)
    assert batcher.busy_seconds() == 0


def test_behind_a_batch_that_hangs_the_last_in_the_row_give_up_first(gate):
    batcher = held(gate)
    futures = [batcher.submit("text", LONG) for _ in range(17)]
    until = [batcher.worth_waiting_until(future) for future in futures]
    assert until[7] > until[8] > until[16]
    # Half of what it may wait for one batch before its own, a quarter for three.
    patience = [moment - batcher._busy_since for moment in until]
    assert patience[0] == pytest.approx((LONG + batcher.busy_seconds()) / 2, rel=0.1)
    assert patience[16] == pytest.approx(patience[0] / 2, rel=0.1)


def test_what_is_being_scored_is_waited_for_to_the_end(gate):
    batcher = Batcher(gate)
    future = batcher.submit("text", LONG)
    gate.entered.acquire()
    assert batcher.worth_waiting_until(future) - batcher._busy_since > 0.9 * LONG
