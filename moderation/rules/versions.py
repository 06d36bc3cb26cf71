"""Raise a project's ruleset version, and keep how it differs from the one before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Model
from django.forms.models import model_to_dict
from django.utils import timezone

from moderation.events import Event
from moderation.models import Project, RulesetSnapshot
from moderation.publish import publish


def raise_version(
    project: Project, change: Mapping[str, Any], *told: Event, now: datetime | None = None
) -> None:
    """Raise the ruleset version, keep how it differs from the one before, tell the change."""
    Project.objects.filter(pk=project.pk).update(ruleset_version=F("ruleset_version") + 1)
    version = Project.objects.values_list("ruleset_version", flat=True).get(pk=project.pk)
    now = now or timezone.now()
    RulesetSnapshot.objects.create(
        project=project, version=version, data=dict(change), created_at=now
    )
    publish(*told, now=now)


def row_change(row: Model, before: Any = None) -> dict[str, Any]:
    """Return a changed row as a snapshot keeps it: what it was, what it is."""
    after = model_to_dict(row)
    return {"kind": row._meta.model_name, "id": str(row.pk), "before": before, "after": after}
