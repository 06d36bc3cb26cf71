"""Write the audit log: one row for each change by a member of the staff."""

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone

from moderation.accounts.actors import identity_of
from moderation.models import AuditEntry, Project


def write_audit(
    project: Project | None,
    actor: str,
    action: str,
    obj: Model | str,
    data: Any = None,
    *,
    now: datetime | None = None,
) -> AuditEntry:
    """Add a row in the caller's transaction; `obj` is a model instance or "type:id"."""
    if isinstance(obj, Model):
        kind, key = obj._meta.model_name or "", str(obj.pk)
    else:
        kind, _, key = obj.partition(":")
    return AuditEntry.objects.create(
        project=project,
        actor=str(actor),
        identity=identity_of(actor),
        action=action,
        object_type=kind,
        object_id=key[:200],
        data=data or {},
        created_at=now or timezone.now(),
    )
