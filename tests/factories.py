"""Make what tests begin with: a project, callers with a role, judged content, open reviews."""

from itertools import count

from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.utils import timezone

from moderation.accounts.callers import caller_of_member
from moderation.accounts.members import set_role
from moderation.accounts.projects import create_project
from moderation.models import Project
from moderation.pipeline.moderate import moderate
from moderation.pipeline.submission import Submission
from reviews.queue.items import current_item, open_item
from tests.messages import forget

CLEAN = "Hello world"
FLAGGED = "Shut up idiot"
BLOCKED = "You fucking idiot, die"
_numbers = count(1)


def make_project(slug="arena", preset="balanced"):
    made = create_project(slug, name="", preset=preset, actor="tests")
    # After a rolled-back test the next project has the same primary key.
    forget()
    return Project.objects.get(pk=made.pk)


def make_caller(project, role="moderator", name=None):
    """Return a member of the project as a caller."""
    person = get_user_model().objects.create_user(name or f"person{next(_numbers)}")
    set_role(project, person, role, actor="tests")
    return caller_of_member(person, project.slug)


def make_log(project, content=CLEAN, *, user_id=None, message_id=None, now=None):
    """Return the log of a moderated message in #general; author and id are new unless named."""
    number = next(_numbers)
    submission = Submission(
        project=project,
        message_id=message_id or f"message{number}",
        user_id=user_id or f"author{number}",
        channel_id="general",
        content=content,
    )
    return moderate(submission, now or timezone.now()).log


def make_item(project, content=FLAGGED, *, now=None, **author):
    """Return the open review of a moderated message."""
    now = now or timezone.now()
    log = make_log(project, content, now=now, **author)
    with transaction.atomic():
        return current_item(log) or open_item(log, now=now)[0]


def sign_in(project, role="moderator", name=None):
    """Return a browser signed in as a new member with a role; None is no member."""
    users = get_user_model().objects
    person = make_caller(project, role, name).user if role else users.create_user("stranger")
    client = Client()
    client.force_login(person)
    return client
