"""The bell that `publish` rings on commit and the relay waits for."""

import threading

_bell = threading.Event()


def ring() -> None:
    """Wake this process's relay."""
    _bell.set()


def wait(seconds: float) -> bool:
    """Wait for the bell, at most so long; return whether it rang."""
    rang = _bell.wait(seconds)
    _bell.clear()
    return rang
