"""Load the demo: its project, people, key and history, all or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from moderation.accounts.callers import caller_of_member
from moderation.accounts.projects import change_project, create_project
from moderation.management.base import ACTOR
from moderation.models import Project
from reviews.demo.history import write_history
from reviews.demo.sign_in import (
    ADMIN,
    MODERATORS,
    SLUG,
    SignIn,
    make_sign_in,
    read_sign_in,
    write_sign_in,
)


def load_demo(url: str) -> SignIn:
    """Create what is missing of the demo and return its sign-in; change nothing if it is complete.

    If the file is lost, write it again with new passwords and a new key.
    """
    project = Project.objects.filter(slug=SLUG).first()
    if project and (known := read_sign_in()):
        return known
    # The file comes last: an interrupted load starts again from nothing.
    with transaction.atomic(), _unlogged_queries():
        is_new = project is None
        if project is None:
            project = create_project(SLUG, name="Demo community", preset="balanced", actor=ACTOR)
            project = change_project(project, {"is_transparency_public": True}, actor=ACTOR)
        sign_in = make_sign_in(url, project)
        if is_new:
            people = User.objects.filter(username__in=[ADMIN, *MODERATORS])
            members = [caller_of_member(person, project.slug) for person in people]
            callers = {caller.name: caller for caller in members if caller}
            write_history(project, callers, timezone.now())
        write_sign_in(sign_in)
    return sign_in


@contextmanager
def _unlogged_queries() -> Iterator[None]:
    """Keep Django from recording each query's text, which takes as long as running it.

    It does so if DEBUG is true, as under `make run`, and has no switch to turn it off.
    """
    connection.make_debug_cursor = connection.make_cursor  # type: ignore[assignment]
    try:
        yield
    finally:
        del connection.make_debug_cursor
