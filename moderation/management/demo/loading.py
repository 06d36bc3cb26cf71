"""Make the demo: the project, its people, a key and some days of chat."""

import json
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from moderation import access, pipeline
from moderation.errors import AlreadyExists
from moderation.ingest import Submission
from moderation.management.base import ACTOR, with_progress
from moderation.management.demo.messages import MESSAGES
from moderation.models import ApiKey, Membership, OutboxEvent, Project, Role, Scope

SLUG = "demo"
ADMIN = "admin"
MODERATOR = "noor"
KEY_NAME = "demo"
KEY_SCOPES = (Scope.CHECK.value, Scope.READ.value, Scope.REVIEW.value)
#: The messages lie in the days before the load, the more the nearer.
DAYS = 7

SignIn = dict[str, Any]


def sign_in_file() -> Path:
    """Return where the sign-in lies; readable by its owner alone."""
    return Path(settings.VAR_DIR) / "demo.json"


def load_demo(url: str) -> SignIn:
    """Make what is missing of the demo and return its sign-in; change nothing where all is there.

    A lost file is made again with a new password and a new key in place of the old ones.
    """
    project = Project.objects.filter(slug=SLUG).first()
    if project and (known := _read()):
        return known
    # The file is written last: a load that is cut off begins again from nothing.
    with transaction.atomic():
        is_new = project is None
        project = project or _project()
        sign_in = _sign_in(url, project)
        if is_new:
            _chat(project, timezone.now())
        _write(sign_in)
    return sign_in


def _project() -> Project:
    name = "Demo community"
    return access.create_project(SLUG, name=name, preset="balanced", actor=ACTOR)


# --- The sign-in


def _sign_in(url: str, project: Project) -> SignIn:
    password = secrets.token_urlsafe(18)
    _admin(project, password)
    moderator, is_new = User.objects.get_or_create(username=MODERATOR)
    if is_new:
        moderator.set_unusable_password()
        moderator.save()
    access.set_role(project, moderator, Role.MODERATOR, actor=ACTOR)
    return {
        "url": url,
        "username": ADMIN,
        "password": password,
        "api_key": _key(project),
        "project": SLUG,
    }


def _admin(project: Project, password: str) -> None:
    """Make the demo's administrator or renew the password; a stranger's account is left alone."""
    person = User.objects.filter(username=ADMIN).first()
    if person and not Membership.objects.filter(project=project, user=person).exists():
        raise AlreadyExists(f"{ADMIN!r} is a person here already, so the demo was not loaded.")
    person = person or User(username=ADMIN, is_staff=True, is_superuser=True)
    person.set_password(password)
    person.save()
    access.set_role(project, person, Role.OWNER, actor=ACTOR)


def _key(project: Project) -> str:
    for old in ApiKey.objects.filter(project=project, name=KEY_NAME, revoked_at=None):
        access.revoke_key(old, actor=ACTOR)
    return access.create_key(project, name=KEY_NAME, scopes=KEY_SCOPES, actor=ACTOR)[1]


def _read() -> SignIn | None:
    try:
        found = json.loads(sign_in_file().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) and "username" in found else None


def _write(sign_in: SignIn) -> None:
    """Write the file for its owner alone, whole or not at all."""
    place = sign_in_file()
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".new")
    draft.unlink(missing_ok=True)
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        json.dump(sign_in, file, indent=2)
    draft.replace(place)


# --- The chat


def _chat(project: Project, now: datetime) -> None:
    for number, (channel, author, content) in enumerate(with_progress(MESSAGES)):
        share = (len(MESSAGES) - number) / len(MESSAGES)
        sent_at = now - timedelta(days=DAYS * share * share)
        submission = Submission(
            project=project,
            message_id=f"demo-{number + 1}",
            user_id=author,
            channel_id=channel,
            content=content,
            username=author.title(),
        )
        pipeline.moderate(submission, sent_at)
        # The charts count an event in the minute in which it was told.
        told_now = OutboxEvent.objects.filter(project=project, created_at__gte=now)
        told_now.update(created_at=sent_at)
