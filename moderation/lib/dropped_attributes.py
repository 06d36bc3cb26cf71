"""Count the attributes that clients of Perspective asked for and that nobody can score here.

Counted since this process started; `health` shows them, so that an operator learns of it.
"""

import threading
from collections import Counter
from collections.abc import Iterable

_counts: Counter[str] = Counter()
_lock = threading.Lock()


def add(names: Iterable[str]) -> None:
    with _lock:
        _counts.update(names)


def counts() -> dict[str, int]:
    """Return how often each was asked for."""
    with _lock:
        return dict(_counts)
