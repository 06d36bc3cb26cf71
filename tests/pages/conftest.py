"""A project and browsers signed in by role. Models are imported inside: Django is not ready."""

from functools import partial
from importlib import import_module

import pytest


@pytest.fixture
def arena(db):
    return import_module("tests.factories").make_project("arena")


@pytest.fixture
def signed_in(arena):
    """Return a function: a client signed in as a new member with a role; None is no member."""
    return partial(import_module("tests.factories").sign_in, arena)
