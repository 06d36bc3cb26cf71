"""How many sockets one address or person may open, and how many messages a socket may send."""

import time
from collections import Counter, deque
from collections.abc import Mapping

from django.conf import settings

from moderation.accounts.client_address import client_address
from moderation.lib.metrics import count_refusal, count_socket

#: Sockets of one signed-in person or one author with chat tokens (docs/limits.md, "Sockets").
PER_PERSON = 20
MINUTE_SECONDS = 60.0


class OverLimit(Exception):
    """The client has too many sockets or sends too many messages."""


class Slots:
    """Open sockets in this process by holder, such as `user:12` or `address:192.0.2.1`."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def take(self, holder: str, most: int) -> None:
        if self._taken[holder] >= most:
            count_refusal("connections")
            raise OverLimit(holder)
        self._taken[holder] += 1
        count_socket(1)

    def give_back(self, holder: str) -> None:
        self._taken[holder] -= 1
        count_socket(-1)
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
            count_refusal("socket messages")
            raise OverLimit("messages")
        self._times.append(now)


def holder_of(person: str | None, headers: Mapping[str, str], peer: str) -> tuple[str, int]:
    """Return whose slot a socket takes, a person's or its address's, and how many there are."""
    if person is not None:
        return person, PER_PERSON
    address = client_address(peer, headers.get("x-forwarded-for"))
    return f"address:{address}", settings.WS_MAX_CONNECTIONS_PER_IP


slots = Slots()
