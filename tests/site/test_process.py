"""A server process ends in time, whatever it is doing when the signal comes."""

import signal
from types import SimpleNamespace

import pytest

from moderation_site.server import process

pytestmark = pytest.mark.standalone


@pytest.fixture
def limits(monkeypatch):
    """The seconds after which the process would have been ended."""
    seconds = []

    def timer(after, _end):
        return SimpleNamespace(start=lambda: seconds.append(after), daemon=False)

    monkeypatch.setattr(process.threading, "Timer", timer)
    return seconds


@pytest.fixture
def heard():
    """The signals that the handlers got that were there before."""
    numbers = []
    before = {
        number: signal.signal(number, lambda number, _frame: numbers.append(number))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    yield numbers
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_passed_on_and_limits_the_end(limits, heard, number):
    process.end_in_time()
    signal.raise_signal(number)
    assert heard == [number]
    assert limits == [process.MOST_SECONDS]
    assert process.MOST_SECONDS < 10


def test_the_limit_holds_before_the_application_is_loaded(limits, heard, monkeypatch):
    monkeypatch.setattr(process.uvicorn.Config, "load", lambda _config: signal.raise_signal(15))
    process.Config("no.such:application").load()
    assert (heard, limits) == ([15], [process.MOST_SECONDS])
