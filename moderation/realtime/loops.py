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
        """Return the running loop's object; make it if need be."""
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            self._forget_closed()
            self._made[loop] = self._make()
        return self._made[loop]

    def open(self) -> list[tuple[asyncio.AbstractEventLoop, T]]:
        """Return the loops that still run, with their objects; may be called from any thread."""
        return [(loop, made) for loop, made in list(self._made.items()) if not loop.is_closed()]

    def _forget_closed(self) -> None:
        for loop in [loop for loop in self._made if loop.is_closed()]:
            del self._made[loop]
