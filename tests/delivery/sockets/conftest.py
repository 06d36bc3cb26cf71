"""A project with a reader, and sockets that speak to the consumer or to a real server.

Other modules are imported inside the fixtures: Django is not ready when this file is read.
"""

import asyncio
from contextlib import suppress
from importlib import import_module

import pytest
from asgiref.sync import sync_to_async
from django.db import connections


@pytest.fixture
def arena(transactional_db):
    return import_module("tests.delivery.sockets.telling").project()


@pytest.fixture
def reader(arena):
    return import_module("tests.delivery.sockets.telling").key(arena, "read")


@pytest.fixture(autouse=True)
def no_sockets():
    """Forget the sockets of the test before."""
    import_module("moderation.delivery.sockets.limits").slots.clear()


@pytest.fixture
async def open_socket():
    """Return a function that connects; whatever it connected is closed afterwards."""
    opened = []
    make = import_module("tests.delivery.sockets.clients").Socket

    async def connect(path, **headers):
        opened.append(make(path, **headers))
        assert (await opened[-1].connect(timeout=30))[0]
        return opened[-1]

    yield connect
    for one in opened:
        # A socket on which a test waited in vain was cancelled.
        with suppress(asyncio.CancelledError):
            await one.disconnect()
    await sync_to_async(connections.close_all)()


@pytest.fixture
def server(transactional_db):
    running = import_module("tests.delivery.sockets.clients").Server()
    running.start()
    yield running
    running.stop()
