"""Projects and clients of the native API.

Other modules are imported inside the fixtures: Django is not ready when this file is read.
"""

from importlib import import_module

import pytest


def pytest_ignore_collect(collection_path, config):
    """Leave out the file whose cases take seconds to make where no slow test runs; else None."""
    is_left_out = "not slow" in config.option.markexpr
    return True if is_left_out and collection_path.name == "test_described_cases.py" else None


@pytest.fixture
def headers(arena):
    """Return what a caller with every scope sends; the test's connection outlives each request."""
    close = import_module("django.db").close_old_connections
    signals = import_module("django.core.signals")
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close)
    key = import_module("tests.messages").key(arena, "check", "admin")
    yield {"X-API-Key": key, "Host": "testserver"}
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close)


@pytest.fixture
def api(arena):
    """Return a client with a key of every scope."""
    return client_of(arena, "check", "admin")


def client_of(project, *scopes):
    key = import_module("tests.messages").key(project, *scopes)
    return import_module("tests.api.clients").Api(key)
