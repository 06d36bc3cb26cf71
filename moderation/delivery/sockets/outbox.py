"""What sockets read from the database; call these functions in a database thread."""

from collections.abc import Collection
from dataclasses import dataclass

from moderation.delivery.sockets.protocol import Frame, frame_of
from moderation.events.counters import Stats, stats_for
from moderation.models import OutboxEvent, Project
from moderation.models.events import Audience

PAGE = 200


@dataclass(frozen=True)
class Snapshot:
    seq: int
    stats: Stats


def snapshot_of(project_id: int) -> Snapshot:
    """Return the project's last number and its figures, which may be newer than the number."""
    project = Project.objects.get(pk=project_id)
    return Snapshot(project.last_seq, stats_for(project))


def last_seqs(project_ids: Collection[int]) -> dict[int, int]:
    rows = Project.objects.filter(pk__in=project_ids)
    return dict(rows.values_list("pk", "last_seq"))


def frames_after(project_id: int, seq: int) -> list[Frame]:
    """Return the next page of the project's events after a number, in order."""
    events = OutboxEvent.objects.filter(project=project_id, audience=Audience.INTERNAL, seq__gt=seq)
    page = events.select_related("project").order_by("seq")[:PAGE]
    return [frame_of(event) for event in page]
