"""A project with the people who review in it.

Other modules are imported inside the fixtures: Django is not ready when this file is read.
"""

from importlib import import_module

import pytest

from tests.reviews.moments import NOON


def factories():
    return import_module("tests.factories")


@pytest.fixture
def project(db):
    return factories().make_project("forum")


@pytest.fixture
def noor(project):
    return factories().make_caller(project, "moderator", "noor")


@pytest.fixture
def omar(project):
    return factories().make_caller(project, "moderator", "omar")


@pytest.fixture
def ada(project):
    return factories().make_caller(project, "admin", "ada")


@pytest.fixture
def item(project):
    """Flagged content of u1 in #general, which balanced shows until somebody rules on it."""
    return factories().make_item(project, user_id="u1", message_id="m1", now=NOON)
