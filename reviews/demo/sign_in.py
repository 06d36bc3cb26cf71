"""The demo's people and key, and the file that says how to sign in."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User

from moderation.accounts.keys import create_key, revoke_key
from moderation.accounts.members import set_role
from moderation.lib.errors import AlreadyExists
from moderation.management.base import ACTOR
from moderation.models import ApiKey, Membership, Project, Role, Scope

SLUG = "demo"
ADMIN = "admin"
MODERATORS = ("noor", "teo")
KEY_NAME = "demo"
KEY_SCOPES = (Scope.CHECK.value, Scope.READ.value, Scope.REVIEW.value)

SignIn = dict[str, Any]


def sign_in_file() -> Path:
    """Return the path of the sign-in file, which only its owner may read."""
    return Path(settings.VAR_DIR) / "demo.json"


def read_sign_in() -> SignIn | None:
    """Return the file's content; None if it is missing or broken."""
    try:
        sign_in = json.loads(sign_in_file().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return sign_in if isinstance(sign_in, dict) and "username" in sign_in else None


def make_sign_in(url: str, project: Project) -> SignIn:
    """Create the people and a key; those of an earlier load get new passwords and a new key."""
    people = [_person(project, name) for name in MODERATORS]
    admin = _person(project, ADMIN)
    for old in ApiKey.objects.filter(project=project, name=KEY_NAME, revoked_at=None):
        revoke_key(old, actor=ACTOR)
    _, secret = create_key(project, name=KEY_NAME, scopes=KEY_SCOPES, actor=ACTOR)
    return {
        "url": url,
        **admin,
        "api_key": secret,
        "project": project.slug,
        "people": people,
    }


def _person(project: Project, name: str) -> dict[str, str]:
    """Create one of the demo's people or renew the password; AlreadyExists for a stranger."""
    person = User.objects.filter(username=name).first()
    if person and not Membership.objects.filter(project=project, user=person).exists():
        raise AlreadyExists(f"{name!r} is a person here already, so the demo was not loaded.")
    is_admin = name == ADMIN
    person = person or User(username=name, is_staff=is_admin, is_superuser=is_admin)
    password = secrets.token_urlsafe(18)
    person.set_password(password)
    person.save()
    set_role(project, person, Role.OWNER if is_admin else Role.MODERATOR, actor=ACTOR)
    return {"username": name, "password": password}


def write_sign_in(sign_in: SignIn) -> None:
    """Write the file so that only its owner may read it, completely or not at all."""
    place = sign_in_file()
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".new")
    draft.unlink(missing_ok=True)
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        json.dump(sign_in, file, indent=2)
    draft.replace(place)
