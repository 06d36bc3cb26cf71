"""Wakes this process's dispatcher; the others look twice a second."""

import threading

_rung = threading.Event()


def ring() -> None:
    _rung.set()


def wait(seconds: float) -> None:
    """Return once it was rung since the last wait, or after so many seconds."""
    _rung.wait(seconds)
    _rung.clear()
