"""Change who may do what: projects, members, API keys."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from moderation.audit import write_audit
from moderation.engine.policy import PRESETS, policy_to_dict
from moderation.errors import AlreadyExists, Invalid
from moderation.identity import digest_of, forget_keys, new_key
from moderation.models import ApiKey, Membership, PolicyVersion, Project, Role, Scope

PREFIX_LENGTH = 12


@transaction.atomic
def create_project(slug: str, *, name: str, preset: str, actor: str) -> Project:
    """Make a project with its first policy; AlreadyExists if the slug is taken."""
    project = Project(slug=slug, name=name or slug, policy_version=1)
    if Project.objects.filter(slug=slug).exists():
        raise AlreadyExists(f"There is a project {slug!r} already.")
    try:
        project.full_clean()
    except ValidationError as error:
        raise Invalid("slug", "; ".join(error.messages)) from error
    project.save()
    data = policy_to_dict(PRESETS[preset])
    PolicyVersion.objects.create(project=project, number=1, data=data, created_by=actor)
    write_audit(project, actor, "project.created", project, {"preset": preset})
    return project


@transaction.atomic
def create_key(  # noqa: PLR0913 (keyword-only: each names itself)
    project: Project,
    *,
    name: str,
    scopes: Iterable[str],
    actor: str,
    rate_per_minute: int | None = None,
    rate_per_hour: int | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make an API key; return its row and the key itself, which is kept nowhere."""
    wanted = list(dict.fromkeys(scopes))
    if unknown := sorted(set(wanted) - set(Scope.values)):
        raise Invalid("scopes", f"unknown: {', '.join(unknown)}; known: {', '.join(Scope.values)}")
    raw = new_key()
    key = ApiKey.objects.create(
        project=project,
        name=name,
        prefix=raw[:PREFIX_LENGTH],
        digest=digest_of(raw),
        scopes=wanted,
        rate_per_minute=rate_per_minute,
        rate_per_hour=rate_per_hour,
        expires_at=expires_at,
    )
    write_audit(project, actor, "key.created", key, {"name": name, "scopes": wanted})
    return key, raw


def revoke_key(key: ApiKey, *, actor: str) -> bool:
    """Revoke a key; return False if it was revoked already."""
    with transaction.atomic():
        valid = ApiKey.objects.filter(pk=key.pk, revoked_at=None)
        if not valid.update(revoked_at=timezone.now()):
            return False
        write_audit(key.project, actor, "key.revoked", key, {"name": key.name})
    forget_keys()
    return True


def expiry_in(days: int | None) -> datetime | None:
    return timezone.now() + timedelta(days=days) if days else None


@transaction.atomic
def set_role(project: Project, user: User, role: str, *, actor: str) -> Membership:
    """Give a person a role in a project, or change it."""
    if role not in Role.values:
        raise Invalid("role", f"must be one of {', '.join(Role.values)}")
    membership, _ = Membership.objects.update_or_create(
        project=project, user=user, defaults={"role": role}
    )
    data = {"username": user.get_username(), "role": role}
    write_audit(project, actor, "member.role", membership, data)
    return membership


def remove_member(membership: Membership, *, actor: str) -> None:
    """Take away a person's role."""
    with transaction.atomic():
        data = {"username": membership.user.get_username()}
        write_audit(membership.project, actor, "member.removed", membership, data)
        membership.delete()
