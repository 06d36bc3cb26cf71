"""A job beside the relay: it runs once at a time, and its errors are logged."""

import threading

from moderation.delivery.relay.background import Background
from tests.messages import NOON


def test_a_job_that_waits_is_not_started_again_until_it_has_ended(caplog):
    began, go_on = [], threading.Event()

    def job(now):
        began.append(now)
        assert go_on.wait(60)
        raise ValueError("no answer")

    background = Background(job)
    for _ in range(3):
        background.start(NOON)
    go_on.set()
    background.join()
    assert began == [NOON]
    assert "no answer" in caplog.text
    background.start(NOON)
    background.join()
    assert began == [NOON, NOON]


def test_a_job_that_never_ran_is_not_waited_for():
    Background(print).join()
