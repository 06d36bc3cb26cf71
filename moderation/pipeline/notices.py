"""Tell the staff of every project about the system itself."""

from datetime import datetime, timedelta

from django.db import transaction

from moderation.events.event import SYSTEM_NOTIFICATION
from moderation.events.outbox import publish
from moderation.models import OutboxEvent, Project
from moderation.pipeline.payloads import system_notification


@transaction.atomic
def notify_projects(kind: str, message: str, *, repeated: timedelta, now: datetime) -> int:
    """Notify each project that did not get this message within `repeated`; return how many.

    kind: success, or error, which stays on the page until somebody closes it.
    """
    notified = OutboxEvent.objects.filter(
        type=SYSTEM_NOTIFICATION, data__message=message, created_at__gt=now - repeated
    )
    projects = list(Project.objects.exclude(pk__in=notified.values("project")))
    is_error = kind == "error"
    for project in projects:
        publish(system_notification(project, kind, message, persistent=is_error, now=now), now=now)
    return len(projects)


@transaction.atomic
def notify_project(project: Project, kind: str, message: str, *, now: datetime) -> None:
    """Notify one project; kind: info, warning, success or error."""
    is_error = kind == "error"
    publish(system_notification(project, kind, message, persistent=is_error, now=now), now=now)
