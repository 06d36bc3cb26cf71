"""What sockets read from the database; every function here is for a database thread."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from moderation.models import OutboxEvent, Project
from moderation.models.events import Audience
from moderation.realtime.protocol import Frame, frame_of
from moderation.statistics import stats_for

PAGE = 200


@dataclass(frozen=True)
class Snapshot:
    seq: int
    stats: dict[str, Any]


def snapshot_of(project_id: int) -> Snapshot:
    """Return the project's number and figures; figures may be newer than the number, not older."""
    project = Project.objects.get(pk=project_id)
    return Snapshot(project.last_seq, stats_for(project))


def last_seqs(project_ids: Collection[int]) -> dict[int, int]:
    rows = Project.objects.filter(pk__in=project_ids)
    return dict(rows.values_list("pk", "last_seq"))


def frames_after(project_id: int, seq: int) -> list[Frame]:
    """Return the next page of the project's events after a number, in order."""
    events = OutboxEvent.objects.filter(project=project_id, audience=Audience.HOUSE, seq__gt=seq)
    page = events.select_related("project").order_by("seq")[:PAGE]
    return [frame_of(event) for event in page]
