"""Create projects and change their settings."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from moderation.accounts.actors import person_as_actor
from moderation.accounts.audit import write_audit
from moderation.accounts.members import set_role
from moderation.engine.verdict.policy import PRESETS, policy_to_dict
from moderation.lib.errors import AlreadyExists, Forbidden, Invalid
from moderation.models import PolicyVersion, Project, Role

LONGEST_SLUG = Project._meta.get_field("slug").max_length or 0
LONGEST_PROJECT_NAME = Project._meta.get_field("name").max_length or 0
#: The fields of a project that can change, and their names in the audit log.
PROJECT_CHANGES = {"name": "project.renamed", "is_transparency_public": "project.transparency"}


@transaction.atomic
def create_project(slug: str, *, name: str, preset: str, actor: str) -> Project:
    """Create a project with its first policy; AlreadyExists if the slug is taken."""
    project = Project(slug=slug, name=name or slug, policy_version=1)
    if Project.objects.filter(slug=slug).exists():
        raise AlreadyExists(f"There is already a project {slug!r}.")
    try:
        project.full_clean()
    except ValidationError as error:
        raise Invalid("slug", "; ".join(error.messages)) from error
    project.save()
    data = policy_to_dict(PRESETS[preset])
    PolicyVersion.objects.create(project=project, number=1, data=data, created_by=actor)
    write_audit(project, actor, "project.created", project, {"preset": preset})
    return project


def may_create_project(person: AbstractUser) -> bool:
    """Say whether PROJECT_CREATION lets the person create a project."""
    who = settings.PROJECT_CREATION
    if who == "nobody" or not person.is_active:
        return False
    if who == "everybody" or person.is_superuser:
        return True
    if who == "staff":
        return person.is_staff
    first = get_user_model().objects.order_by("pk").values_list("pk", flat=True).first()
    return bool(person.pk == first)


@transaction.atomic
def create_own_project(person: User, *, slug: str, name: str, preset: str) -> Project:
    """Create a project whose owner is the person.

    An empty slug is made from the name. Raises Forbidden if the person may not, AlreadyExists if
    the slug is taken, Invalid for a wrong value.
    """
    if not may_create_project(person):
        raise Forbidden("you may not create projects on this server (PROJECT_CREATION)")
    if preset not in PRESETS:
        raise Invalid("preset", f"must be one of {', '.join(PRESETS)}")
    if not 1 <= len(name.strip()) <= LONGEST_PROJECT_NAME:
        raise Invalid("name", f"must have 1 to {LONGEST_PROJECT_NAME} characters")
    wanted = slug or slugify(name)[:LONGEST_SLUG].strip("-")
    actor = person_as_actor(person)
    project = create_project(wanted, name=name.strip(), preset=preset, actor=actor)
    set_role(project, person, Role.OWNER, actor=actor)
    return project


@transaction.atomic
def change_project(project: Project, changes: Mapping[str, Any], *, actor: str) -> Project:
    """Change the `name` or `is_transparency_public`; the slug never changes."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    wanted = dict(changes)
    if "name" in wanted:
        wanted["name"] = wanted["name"].strip()
        if not 1 <= len(wanted["name"]) <= LONGEST_PROJECT_NAME:
            raise Invalid("name", f"must have 1 to {LONGEST_PROJECT_NAME} characters")
    for field, action in PROJECT_CHANGES.items():
        before = getattr(locked, field)
        if wanted.get(field, before) != before:
            setattr(locked, field, wanted[field])
            facts = {"before": before, "after": wanted[field]}
            write_audit(locked, actor, action, locked, facts)
    locked.save(update_fields=[*PROJECT_CHANGES])
    return locked
