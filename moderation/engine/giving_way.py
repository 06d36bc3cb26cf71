"""Let work that can wait give way to work that a client waits for.

A process's threads share one interpreter. One that computes without a pause hands it over only
every few milliseconds, and a check asks for it a hundred times: beside a long list that is being
compiled it took half a second.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: While a client waits, other work runs for this long at a time,
RUN_SECONDS = 0.002
#: after it has waited for so long at most: it goes on even if there is always a client.
MOST_WAIT_SECONDS = 0.008
LOOK_SECONDS = 0.001

#: The threads that do what a client waits for.
_urgent: set[int] = set()
_own = threading.local()


@contextmanager
def urgent() -> Iterator[None]:
    """Mark what this thread does as work that a client waits for."""
    thread = threading.get_ident()
    if thread in _urgent:
        yield
        return
    _urgent.add(thread)
    try:
        yield
    finally:
        _urgent.discard(thread)


def give_way() -> None:
    """Wait while a client does, up to some milliseconds; a long loop calls this for each item."""
    if not _urgent or threading.get_ident() in _urgent:
        return
    now = time.monotonic()
    if now < getattr(_own, "runs_until", 0.0):
        return
    while _urgent and time.monotonic() - now < MOST_WAIT_SECONDS:
        time.sleep(LOOK_SECONDS)
    _own.runs_until = time.monotonic() + RUN_SECONDS
