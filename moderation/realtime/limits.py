"""How many sockets one address or person may hold, and how much a socket may send."""

import time
from collections import Counter, deque

#: Sockets of one signed-in person (CONTRACT section 6).
PER_PERSON = 20
MINUTE_SECONDS = 60.0


class OverLimit(Exception):
    """The client has more, or sends more, than it may."""


class Slots:
    """Open sockets in this process by holder, such as `user:12` or `address:192.0.2.1`."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def take(self, holder: str, most: int) -> None:
        if self._taken[holder] >= most:
            raise OverLimit(holder)
        self._taken[holder] += 1

    def give_back(self, holder: str) -> None:
        self._taken[holder] -= 1
        if self._taken[holder] <= 0:
            del self._taken[holder]

    def clear(self) -> None:
        self._taken.clear()


class MessageRate:
    """A sliding minute over one socket's messages."""

    def __init__(self, most: int) -> None:
        self._times: deque[float] = deque(maxlen=most)

    def count(self) -> None:
        """Count a message; raise `OverLimit` if the minute is full."""
        now = time.monotonic()
        is_full = len(self._times) == self._times.maxlen
        if is_full and self._times[0] > now - MINUTE_SECONDS:
            raise OverLimit("messages")
        self._times.append(now)


slots = Slots()
