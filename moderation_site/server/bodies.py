"""How large a body may be: by its address, and all bodies together."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

KIB = 1024
MIB = 1024 * KIB
#: The API's own limits answer first, after its authentication.
SLACK = 64 * KIB
#: Address → bytes; the first that matches counts. The API's limits: docs/limits.md, "Sizes".
LIMITS = (
    (re.compile(r"/api/v1/blacklist/words/import$"), 16 * MIB + SLACK),
    (re.compile(r"/p/[^/]+/blacklist/import(/report)?$"), 17 * MIB),
    (re.compile(r"/api/v1/moderation/check/batch$"), 8 * MIB + SLACK),
    # A picture of 8 MiB as a data URL.
    (re.compile(r"/api/v1/moderation/check$"), 12 * MIB),
    (
        re.compile(r"/(api|v1|v1alpha1|perspective|batch|contentsafety|comprehend)(/|$)"),
        MIB + SLACK,
    ),
)
MAX_PAGE_BYTES = 256 * KIB
#: Smaller bodies are not counted together: the number of connections bounds them.
SMALL = 64 * KIB
MAX_TOGETHER = 96 * MIB
MAX_OF_ADDRESS = 32 * MIB


def limit_of(path: str, content_type: bytes = b"") -> int:
    """Return the most bytes that a body sent to this address may have."""
    if content_type.lower().startswith(b"application/x-www-form-urlencoded"):
        # Nothing large is sent so, and reading it takes a hundred times its size.
        return MAX_PAGE_BYTES
    return next((limit for place, limit in LIMITS if place.match(path)), MAX_PAGE_BYTES)


class TooManyBodies(Exception):
    """The large bodies that are being handled leave no place for this one."""


class Share:
    """One request's part of the place for large bodies."""

    def __init__(self, bodies: "Bodies", address: str) -> None:
        self._bodies = bodies
        self._address = address
        self._taken = 0

    def grow_to(self, size: int) -> None:
        """Take place for a body of so many bytes; TooManyBodies if there is none."""
        more = size - self._taken
        if size <= SMALL or more <= 0:
            return
        counts = self._bodies.by_address
        is_full = counts.total() + more > MAX_TOGETHER
        if is_full or counts[self._address] + more > MAX_OF_ADDRESS:
            raise TooManyBodies
        counts[self._address] += more
        self._taken = size

    def give_back(self) -> None:
        counts = self._bodies.by_address
        counts[self._address] -= self._taken
        if not counts[self._address]:
            del counts[self._address]


class Bodies:
    """The large bodies that are being received or handled; for one event loop."""

    def __init__(self) -> None:
        self.by_address: Counter[str] = Counter()

    @contextmanager
    def share(self, address: str) -> Iterator[Share]:
        """Yield a request's share, which is given back at its end."""
        taken = Share(self, address)
        try:
            yield taken
        finally:
            taken.give_back()
