"""The demo's people and key, and the file that says how to sign in."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User

from moderation import access
from moderation.errors import AlreadyExists
from moderation.management.base import ACTOR
from moderation.models import ApiKey, Membership, Project, Role, Scope

SLUG = "demo"
ADMIN = "admin"
MODERATORS = ("noor", "teo")
KEY_NAME = "demo"
KEY_SCOPES = (Scope.CHECK.value, Scope.READ.value, Scope.REVIEW.value)

SignIn = dict[str, Any]


def sign_in_file() -> Path:
    """Return where the sign-in lies; readable by its owner alone."""
    return Path(settings.VAR_DIR) / "demo.json"


def read_sign_in() -> SignIn | None:
    """Return what the file says; None if it is missing or broken."""
    try:
        found = json.loads(sign_in_file().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) and "username" in found else None


def make_sign_in(url: str, project: Project) -> SignIn:
    """Make the people and a key, or give those of an earlier load new passwords and a new key."""
    people = [_person(project, name) for name in MODERATORS]
    return {
        "url": url,
        **_person(project, ADMIN),
        "api_key": _key(project),
        "project": project.slug,
        "people": people,
    }


def _person(project: Project, name: str) -> dict[str, str]:
    """Make one of the demo's people or renew the password; a stranger's account is left alone."""
    person = User.objects.filter(username=name).first()
    if person and not Membership.objects.filter(project=project, user=person).exists():
        raise AlreadyExists(f"{name!r} is a person here already, so the demo was not loaded.")
    is_admin = name == ADMIN
    person = person or User(username=name, is_staff=is_admin, is_superuser=is_admin)
    password = secrets.token_urlsafe(18)
    person.set_password(password)
    person.save()
    access.set_role(project, person, Role.OWNER if is_admin else Role.MODERATOR, actor=ACTOR)
    return {"username": name, "password": password}


def _key(project: Project) -> str:
    for old in ApiKey.objects.filter(project=project, name=KEY_NAME, revoked_at=None):
        access.revoke_key(old, actor=ACTOR)
    return access.create_key(project, name=KEY_NAME, scopes=KEY_SCOPES, actor=ACTOR)[1]


def write_sign_in(sign_in: SignIn) -> None:
    """Write the file for its owner alone, whole or not at all."""
    place = sign_in_file()
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".new")
    draft.unlink(missing_ok=True)
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        json.dump(sign_in, file, indent=2)
    draft.replace(place)
