"""Projects behind the doors, and the clients that other people published.

Other modules are imported inside the fixtures: Django is not ready when this file is read.
"""

from importlib import import_module
from pathlib import Path

import pytest

from tests.delivery.amqp.conftest import broker, gate  # noqa: F401 (fixtures)

HERE = Path(__file__).parent


@pytest.fixture
def key(arena):
    return import_module("tests.messages").key(arena, "check", "read")


@pytest.fixture
def served(transactional_db, live_server):
    """Return the address of a server with a project, and a key to it."""
    messages = import_module("tests.messages")
    return live_server.url, messages.key(messages.project(), "check", "read")


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """Return a function that runs one of the scripts here beside the published npm clients."""
    return import_module("tests.nodejs").runner(HERE, tmp_path_factory.mktemp("npm"))
