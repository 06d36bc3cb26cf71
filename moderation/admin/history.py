"""A row's history: entries of the audit log and of Django's own log of forms."""

import json
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

#: Entries of each log that a history shows; the audit log has the rest.
MOST = 100
MAY_READ_AUDIT = "moderation.view_auditentry"


@dataclass(frozen=True)
class Event:
    at: datetime
    who: str
    what: str
    details: str
    #: The log that has the event.
    source: str


def events_of(
    model: type[Model], object_id: str, request: HttpRequest, most: int = MOST
) -> list[Event]:
    """Return a row's events, newest first; the audit log's only for those who may read it."""
    kind = ContentType.objects.get_for_model(model)
    forms = LogEntry.objects.filter(content_type=kind, object_id=object_id)
    events = [
        Event(
            at=entry.action_time,
            who=entry.user.get_username(),
            what=entry.get_action_flag_display().lower(),
            details=entry.get_change_message(),
            source="admin form",
        )
        for entry in forms.select_related("user")[:most]
    ]
    if request.user.has_perm(MAY_READ_AUDIT):
        name = model._meta.model_name or ""
        entries = AuditEntry.objects.filter(object_type=name, object_id=object_id)[:most]
        events += [
            Event(entry.created_at, entry.actor, entry.action, as_text(entry.data), "audit log")
            for entry in entries
        ]
    return sorted(events, key=attrgetter("at"), reverse=True)[:most]


def as_text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, cls=DjangoJSONEncoder) if data else ""
