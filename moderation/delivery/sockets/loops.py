"""One object for each event loop: a server has one loop, tests and threads may have more."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class PerLoop(Generic[T]):
    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: dict[asyncio.AbstractEventLoop, T] = {}

    def running(self) -> T:
        """Return the running loop's object; make it at first use."""
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            for closed in [known for known in self._made if known.is_closed()]:
                del self._made[closed]
            self._made[loop] = self._make()
        return self._made[loop]

    def open(self) -> list[tuple[asyncio.AbstractEventLoop, T]]:
        """Return the loops that still run, with their objects; may be called from any thread."""
        return [(loop, value) for loop, value in list(self._made.items()) if not loop.is_closed()]
