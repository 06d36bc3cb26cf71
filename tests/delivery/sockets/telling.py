"""Projects, keys and people for the tests of live events, and a way to make events happen."""

import time

from django.contrib.auth import get_user_model
from django.db import transaction

from moderation.accounts.key_lookup import digest_of
from moderation.events.event import MODERATION_UPDATE, Event
from moderation.events.outbox import publish
from moderation.models import ApiKey, Membership, Project

NEW_APPROVED = {"total": 1, "approved": 1}


def project(slug="arena"):
    return Project.objects.create(slug=slug, name=slug.title())


def key(of, *scopes, raw="gvl_reader"):
    ApiKey.objects.create(
        project=of, name=raw, prefix=raw[:8], digest=digest_of(raw), scopes=list(scopes)
    )
    return raw


def member(of, name="noor", role="viewer"):
    person = get_user_model().objects.create_user(name, password="long-enough-password")
    Membership.objects.create(project=of, user=person, role=role)
    return person


def tell(of, *numbers, type_=MODERATION_UPDATE, tally=None, **fields):
    """Publish one event for each number, each in a transaction of its own."""
    for number in numbers or [0]:
        with transaction.atomic():
            publish(Event(of, type_, {"number": number}, tally=tally or {}, **fields))


def eventually(condition, seconds=60.0):
    """Wait until the condition holds; fail if it does not within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)
