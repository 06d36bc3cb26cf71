"""What happened to a row: the audit log's entries and Django's own log of its forms."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.http import HttpRequest

from moderation.models import AuditEntry

#: Entries of each kind that a history shows; the audit log has the rest.
MOST = 100
MAY_READ_AUDIT = "moderation.view_auditentry"


@dataclass(frozen=True)
class Event:
    at: datetime
    who: str
    what: str
    details: str
    #: Where it is written.
    source: str


def history_of(
    model: type[Model], object_id: str, request: HttpRequest, most: int = MOST
) -> list[Event]:
    """Return the newest events of a row first; the audit log's only to those who may read it."""
    events = list(_form_events(model, object_id, most))
    if request.user.has_perm(MAY_READ_AUDIT):
        events += _audit_events(model, object_id, most)
    return sorted(events, key=attrgetter("at"), reverse=True)[:most]


def _audit_events(model: type[Model], object_id: str, most: int) -> Iterator[Event]:
    kind = model._meta.model_name or ""
    entries = AuditEntry.objects.filter(object_type=kind, object_id=object_id)
    for entry in entries[:most]:
        details = as_text(entry.data)
        yield Event(entry.created_at, entry.actor, entry.action, details, "audit log")


def _form_events(model: type[Model], object_id: str, most: int) -> Iterator[Event]:
    kind = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=kind, object_id=object_id)
    for entry in entries.select_related("user")[:most]:
        who, what = entry.user.get_username(), entry.get_action_flag_display().lower()
        yield Event(entry.action_time, who, what, entry.get_change_message(), "admin form")


def as_text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, cls=DjangoJSONEncoder) if data else ""
