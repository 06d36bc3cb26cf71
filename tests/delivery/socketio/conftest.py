"""A real server with Socket.IO, and clients of it.

Other modules are imported inside the fixtures: Django is not ready when this file is read.
"""

from importlib import import_module
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def arena(transactional_db):
    return import_module("tests.messages").project()


@pytest.fixture
def reader(arena):
    return import_module("tests.messages").key(arena, "check", "read")


@pytest.fixture
def moderator(arena):
    """Return the cookie header of a signed-in moderator."""
    browser = import_module("django.test").Client()
    browser.force_login(import_module("tests.messages").member(arena, "moderator"))
    return f"sessionid={browser.cookies['sessionid'].value}"


@pytest.fixture(autouse=True)
def fresh_sockets():
    """Forget the open sockets that earlier tests left."""
    import_module("moderation.delivery.sockets.limits").slots.clear()


@pytest.fixture
def quick_watch(monkeypatch):
    monkeypatch.setattr("moderation.delivery.sockets.watch.RECHECK_SECONDS", 0.05)


@pytest.fixture
def server(transactional_db):
    """Return the address of a server that serves everything but runs no relay."""
    make = import_module("tests.delivery.sockets.clients").Server
    running = make(import_module("moderation_site.asgi").application)
    running.start()
    yield running.url.replace("ws://", "http://")
    running.stop()


@pytest.fixture
async def connect(server):
    """Return a function that connects; whatever it connected is closed afterwards."""
    make = import_module("tests.delivery.socketio.clients").Client
    opened = []

    async def connected(query="", *, transport="websocket", **credentials):
        opened.append(make(server, transport))
        return await opened[-1].connect(query, **credentials)

    yield connected
    for one in opened:
        await one.close()


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """Return a function that runs one of the scripts here beside the published npm client."""
    return import_module("tests.nodejs").runner(HERE, tmp_path_factory.mktemp("npm"))
