"""Browsers signed in to the forum by role. Models are imported inside: Django is not ready here."""

from functools import partial
from importlib import import_module

import pytest


@pytest.fixture
def signed_in(project):
    """Return a function: a client signed in as a new member with a role; None is no member."""
    return partial(import_module("tests.factories").sign_in, project)


@pytest.fixture
def browser_of():
    """Return a function: a client signed in as this caller."""

    def sign_in(caller):
        client = import_module("django.test").Client()
        client.force_login(caller.user)
        return client

    return sign_in


@pytest.fixture
def desk(browser_of, noor):
    """The browser of noor, who is a moderator."""
    return browser_of(noor)
