"""The newest verdicts of a project, and how long they took."""

from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles
from typing import Any

from moderation.events import MODERATION_UPDATE
from moderation.models import ModerationLog, OutboxEvent, Project

#: CONTRACT section 10: the feed has ten rows; content that was ruled on has several events.
SHOWN = 10
LOOKED_AT = 50
#: How many of the newest messages make the quantiles.
TIMED = 200


def latest_verdicts(project: Project) -> list[dict[str, Any]]:
    """Return the newest `moderation_update` of each of the last ten contents, newest first."""
    told = OutboxEvent.objects.filter(project=project, type=MODERATION_UPDATE, seq__isnull=False)
    newest: dict[str, dict[str, Any]] = {}
    for data in told.order_by("-seq").values_list("data", flat=True)[:LOOKED_AT]:
        newest.setdefault(data["content_id"], data)
    return list(newest.values())[:SHOWN]


@dataclass(frozen=True)
class JudgingTimes:
    """How long judging took: the 50th and the 95th percentile."""

    median_ms: float
    slow_ms: float


def judging_times(project: Project, since: datetime) -> JudgingTimes | None:
    """Return how long the newest 200 messages since then took; None for fewer than two."""
    logs = ModerationLog.objects.filter(project=project, created_at__gte=since)
    newest = logs.order_by("-created_at", "-id").values_list("processing_seconds", flat=True)
    taken = list(newest[:TIMED])
    if len(taken) < 2:
        return None
    hundredths = quantiles(taken, n=100, method="inclusive")
    return JudgingTimes(1000 * hundredths[49], 1000 * hundredths[94])
