"""A superuser at the admin's door, and a project to work in.

Other modules are imported inside the fixtures: Django is not ready when this file is read.
"""

from importlib import import_module

import pytest


def rows():
    return import_module("tests.admin.rows")


@pytest.fixture
def root(db):
    return rows().person("root", is_superuser=True)


@pytest.fixture
def arena(db):
    return rows().make_project()


@pytest.fixture
def page(client, root):
    """Return the test client, signed in as superuser."""
    client.force_login(root)
    return client
