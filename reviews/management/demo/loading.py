"""Load the demo: the project, its people, a key and its history, all or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from moderation import access
from moderation.identity import Caller, caller_of_member
from moderation.management.base import ACTOR
from moderation.models import Project
from reviews.management.demo.history import write_history
from reviews.management.demo.sign_in import (
    ADMIN,
    MODERATORS,
    SLUG,
    SignIn,
    make_sign_in,
    read_sign_in,
    write_sign_in,
)


def load_demo(url: str) -> SignIn:
    """Make what is missing of the demo and return its sign-in; change nothing where all is there.

    A lost file is made again with new passwords and a new key in place of the old ones.
    """
    project = Project.objects.filter(slug=SLUG).first()
    if project and (known := read_sign_in()):
        return known
    # The file is written last: a load that is cut off begins again from nothing.
    with transaction.atomic(), _unlogged_queries():
        is_new = project is None
        project = project or _project()
        sign_in = make_sign_in(url, project)
        if is_new:
            write_history(project, _callers(project), timezone.now())
        write_sign_in(sign_in)
    return sign_in


@contextmanager
def _unlogged_queries() -> Iterator[None]:
    """Keep Django from noting each query's text, which takes as long as running it.

    It does so wherever DEBUG is true, as it is under `make run`, and has no switch for it.
    """
    connection.make_debug_cursor = connection.make_cursor  # type: ignore[assignment]
    try:
        yield
    finally:
        del connection.make_debug_cursor


def _project() -> Project:
    name = "Demo community"
    return access.create_project(SLUG, name=name, preset="balanced", actor=ACTOR)


def _callers(project: Project) -> dict[str, Caller]:
    """Return the demo's people as callers, by name."""
    people = User.objects.filter(username__in=[ADMIN, *MODERATORS])
    callers = [caller_of_member(person, project.slug) for person in people]
    return {caller.name: caller for caller in callers if caller}
