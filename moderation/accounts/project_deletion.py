"""Delete a project: closed at once, restorable for 30 days, then its data is removed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models, transaction

from moderation.accounts.actors import person_as_actor
from moderation.accounts.audit import write_audit
from moderation.accounts.callers import Caller
from moderation.accounts.key_lookup import forget_keys
from moderation.accounts.permissions import may
from moderation.lib.errors import Conflict, Forbidden, Invalid, NotFound
from moderation.models import AuditEntry, Membership, ModerationLog, Project, Role

#: Rows that one transaction removes.
BATCH = 500


@transaction.atomic
def delete_project(caller: Caller, *, confirm: str, now: datetime) -> Project:
    """Close the caller's project; its keys, members and clients are refused from now on.

    confirm: the project's slug, as the owner typed it; Invalid for anything else. Forbidden for
    everybody but owners.
    """
    if not may(caller, "own"):
        raise Forbidden("only an owner may delete the project")
    project = Project.objects.select_for_update().get(pk=caller.project.pk)
    if confirm.strip() != project.slug:
        raise Invalid("confirm", f"type {project.slug} to delete this project")
    if project.deleted_at is None:
        project.deleted_at = now
        project.save(update_fields=["deleted_at"])
        write_audit(project, caller.name, "project.deleted", project, now=now)
    transaction.on_commit(forget_keys)
    return project


@transaction.atomic
def restore_project(person: AbstractUser, slug: str, *, now: datetime) -> Project:
    """Open a deleted project again, with everything in it.

    NotFound unless the person owns such a project; Conflict once its data is removed.
    """
    owned = deleted_projects_of(person).filter(slug=slug).values("pk")
    project = Project.objects.select_for_update().filter(pk__in=owned).first()
    if project is None:
        raise NotFound(f"You have no deleted project {slug!r}.")
    if project.removed_at or not project.gone_at or project.gone_at <= now:
        raise Conflict("The 30 days are over: the data of this project is removed.")
    project.deleted_at = None
    project.save(update_fields=["deleted_at"])
    write_audit(project, person_as_actor(person), "project.restored", project, now=now)
    transaction.on_commit(forget_keys)
    return project


def deleted_projects_of(person: AbstractUser) -> models.QuerySet[Project]:
    """Return the deleted projects that the person owns and that still have their data."""
    owned = Membership.objects.filter(user_id=person.pk, role=Role.OWNER)
    deleted = Project.objects.filter(deleted_at__isnull=False, removed_at=None)
    return deleted.filter(pk__in=owned.values("project"))


def remove_deleted(now: datetime, *, actor: str) -> Iterator[int]:
    """Remove the data of projects whose 30 days are over; yield the size of each batch.

    The project's row, its slug and its audit log stay.
    """
    for project in Project.objects.removable(now):
        yield from _remove_rows(project)
        with transaction.atomic():
            project.name, project.removed_at = project.slug, now
            project.save(update_fields=["name", "removed_at"])
            write_audit(project, actor, "project.removed", project, now=now)


def _remove_rows(project: Project) -> Iterator[int]:
    # Content first: most other rows hang on it and go with it.
    related: list[Any] = [relation.related_model for relation in project._meta.related_objects]
    kept = (AuditEntry, ModerationLog)
    for model in [ModerationLog, *(model for model in related if model not in kept)]:
        rows = model._default_manager.filter(project=project)
        while pks := list(rows.values_list("pk", flat=True)[:BATCH]):
            yield model._default_manager.filter(pk__in=pks).delete()[0]
