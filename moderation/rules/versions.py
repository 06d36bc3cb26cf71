"""Raise a project's ruleset version, and store how it differs from the previous one."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from django.db.models import F, Model
from django.forms.models import model_to_dict
from django.utils import timezone

from moderation.events.event import Event
from moderation.events.outbox import publish
from moderation.lib.json_types import JsonObject
from moderation.models import Project, RulesetSnapshot


class RowChange(TypedDict):
    """How one row changed; `before` is None if it was added, `after` if it was removed."""

    kind: str
    id: str
    before: JsonObject | None
    after: JsonObject | None


def raise_version(
    project: Project,
    change: Mapping[str, object],
    *events: Event,
    now: datetime | None = None,
) -> None:
    """Raise the ruleset version, store the change and publish its events.

    Runs in the caller's transaction.
    """
    Project.objects.filter(pk=project.pk).update(ruleset_version=F("ruleset_version") + 1)
    version = Project.objects.values_list("ruleset_version", flat=True).get(pk=project.pk)
    now = now or timezone.now()
    RulesetSnapshot.objects.create(
        project=project, version=version, data=dict(change), created_at=now
    )
    publish(*events, now=now)


def row_addition(row: Model) -> RowChange:
    return _change(row, None, model_to_dict(row))


def row_change(row: Model, before: JsonObject) -> RowChange:
    """before: the fields (`model_to_dict`) as they were."""
    return _change(row, before, model_to_dict(row))


def row_removal(row: Model) -> RowChange:
    return _change(row, model_to_dict(row), None)


def _change(row: Model, before: JsonObject | None, after: JsonObject | None) -> RowChange:
    return {
        "kind": row._meta.model_name or "",
        "id": str(row.pk),
        "before": before,
        "after": after,
    }
