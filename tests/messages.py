"""Projects with a policy, keys, members, words, and messages that were moderated."""

from datetime import UTC, datetime, timedelta
from itertools import count

from django.apps import apps
from django.contrib.auth import get_user_model

from moderation import rules
from moderation.accounts.audit_chain import forget_anchors
from moderation.accounts.key_lookup import forget_keys
from moderation.accounts.keys import create_key
from moderation.accounts.members import set_role
from moderation.accounts.projects import create_project
from moderation.lib.rate_limit import limiter
from moderation.models import Project
from moderation.pipeline.moderate import moderate
from moderation.pipeline.submission import Submission
from moderation.rules import active

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
#: One word for each verdict; the scores lie in the same step of all three presets.
SCORES = {"warnword": 0.55, "flagword": 0.75, "blockword": 0.95}
BLOCKED = "You fucking idiot, die"
_numbers = count(1)


def project(slug="arena", preset="balanced", **policy):
    """Make a project; further fields are changes of its policy."""
    made = create_project(slug, name="", preset=preset, actor="tests")
    # After a rolled-back test the next project has the same primary key.
    forget()
    if policy:
        rules.change_policy(made, "tests", policy)
    return Project.objects.get(pk=made.pk)


def forget():
    """Drop what this process remembers of projects and keys."""
    active._cache.clear()
    forget_keys()
    forget_anchors()
    # Rolled-back projects leave their authors' counts behind.
    limiter.cache_clear()


def key(of, *scopes, **fields):
    """Make a key and return it as its owner would send it."""
    return create_key(of, name="a key", scopes=scopes, actor="tests", **fields)[1]


def person(name="noor"):
    return get_user_model().objects.create_user(name, password="long-enough-password")


def member(of, role="viewer", name="noor"):
    user = person(name)
    set_role(of, user, role, actor="tests")
    return user


def words(of):
    """Blacklist a word for each verdict."""
    for word, score in SCORES.items():
        fields = {"word": word, "language": "*", "category": "profanity", "severity": "high"}
        rules.add_word(of, "tests", {**fields, "score": score})


def submission(of, content="Hello world", **fields):
    """Return a message of zed in #general with an id of its own."""
    named = {"message_id": f"m{next(_numbers)}", "user_id": "zed", "channel_id": "general"}
    return Submission(project=of, content=content, **{**named, **fields})


def send(of, content="Hello world", *, after=timedelta(0), **fields):
    """Moderate a message that comes so long after NOON."""
    return moderate(submission(of, content, **fields), NOON + after)


def send_blocked(of, times, **fields):
    """Moderate so many messages that are blocked, two minutes apart; return their logs."""
    steps = [timedelta(minutes=2 * step) for step in range(times)]
    return [send(of, BLOCKED, after=step, **fields).log for step in steps]


def row_counts():
    """Return how many rows each table of ours has."""
    models = [*apps.get_app_config("moderation").get_models()]
    models += apps.get_app_config("reviews").get_models()
    return {model._meta.label: model._default_manager.count() for model in models}
