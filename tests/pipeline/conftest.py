"""A project to moderate in.

Other modules are imported inside the fixtures: Django is not ready when this file is read.
"""

from importlib import import_module

import pytest


@pytest.fixture(autouse=True)
def fresh_process():
    """Forget what the process remembers of projects and keys between tests."""
    yield
    import_module("tests.messages").forget()


@pytest.fixture
def arena(db):
    """Return a project with the balanced preset and a word for each verdict."""
    messages = import_module("tests.messages")
    made = messages.project()
    messages.words(made)
    return made
