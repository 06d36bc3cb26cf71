"""What the page of the connections shows: their state, and the events that were sent lately."""

from datetime import datetime, timedelta

from moderation.models import Destination, OutboxEvent, Project
from moderation.models.events import Audience

LATEST = 10
#: Whoever reports writes every few seconds; an older report says nothing about now.
FRESH = timedelta(seconds=60)


def connection_state(name: str, now: datetime) -> tuple[Destination | None, bool]:
    """Return the last report about a connection, and whether it is recent."""
    report = Destination.objects.filter(name=name).first()
    return report, report is not None and report.checked_at > now - FRESH


def latest_external(project: Project) -> list[OutboxEvent]:
    """Return the project's newest external events; those that were sent are kept for a day."""
    events = OutboxEvent.objects.filter(project=project, audience=Audience.EXTERNAL)
    return list(events.order_by("-id")[:LATEST])
