"""The watch over credentials closes each socket whose credential ended, whatever others do."""

import asyncio
from contextlib import contextmanager, suppress

import pytest

from moderation.delivery.sockets import watch
from moderation.delivery.sockets.watch import CredentialWatch


class Socket:
    """Leaves the watch first and says goodbye then, as a socket does."""

    slugs = frozenset({"arena"})

    def __init__(self, watching, name, *, reads=True):
        self.credential = name
        self.closed = asyncio.Event()
        self._watching, self._reads = watching, reads

    async def end(self):
        self._watching.remove(self)
        await (asyncio.sleep(0.01) if self._reads else asyncio.Event().wait())
        self.closed.set()

    async def lose(self, _slug):
        await self.end()


@pytest.fixture
def ended(monkeypatch):
    """Return the credentials that are no longer valid."""
    names = set()
    monkeypatch.setattr(watch, "RECHECK_SECONDS", 0.01)
    monkeypatch.setattr(watch, "recheck", lambda joined: dict.fromkeys(names & joined.keys()))
    monkeypatch.setattr(watch, "database_sync_to_async", in_loop)
    return names


def in_loop(function):
    async def called(*arguments):
        return function(*arguments)

    return called


@contextmanager
def over(watching, *sockets):
    for one in sockets:
        watching.add(one)
    yield
    for one in sockets:
        watching.remove(one)


async def closes(socket):
    """Say whether the socket has said goodbye, soon if not yet."""
    with suppress(TimeoutError):
        await asyncio.wait_for(socket.closed.wait(), 5)
    return socket.closed.is_set()


async def test_the_last_socket_gets_its_goodbye_though_the_watch_ends_with_it(ended):
    watching = CredentialWatch()
    only = Socket(watching, "ann")
    with over(watching, only):
        ended.add("ann")
        assert await closes(only)


async def test_a_client_that_does_not_read_keeps_no_other_socket_open(ended):
    watching = CredentialWatch()
    deaf, later = Socket(watching, "deaf", reads=False), Socket(watching, "later")
    with over(watching, deaf, later):
        ended.add("deaf")
        await asyncio.sleep(0.05)
        ended.add("later")
        assert await closes(later)
        assert not deaf.closed.is_set()


async def test_a_new_socket_is_watched_after_the_last_one_left(ended):
    watching = CredentialWatch()
    first, second = Socket(watching, "ann"), Socket(watching, "bob")
    with over(watching, first):
        pass
    with over(watching, second):
        ended.add("bob")
        assert await closes(second)
        assert not first.closed.is_set()
