"""The newest verdicts of a project, and how long they took."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles

from moderation.events.event import MODERATION_UPDATE
from moderation.lib.json_types import JsonObject
from moderation.models import ModerationLog, OutboxEvent, Project

#: The feed has ten rows (docs/console.md); content with decisions has several events.
SHOWN = 10
LOOKED_AT = 50
#: Events looked at if only some verdicts are wanted.
LOOKED_AT_FOR_SOME = 500
#: How many of the newest messages the quantiles cover.
TIMED = 200


def latest_verdicts(project: Project, verdicts: Collection[str] = ()) -> list[JsonObject]:
    """Return the latest `moderation_update` of each of the last ten contents, newest first.

    verdicts: only content with one of these; empty means all.
    """
    events = OutboxEvent.objects.filter(project=project, type=MODERATION_UPDATE, seq__isnull=False)
    newest: dict[str, JsonObject] = {}
    most = LOOKED_AT_FOR_SOME if verdicts else LOOKED_AT
    for data in events.order_by("-seq").values_list("data", flat=True)[:most]:
        if not verdicts or data["verdict"] in verdicts:
            newest.setdefault(data["content_id"], data)
    return list(newest.values())[:SHOWN]


@dataclass(frozen=True)
class JudgingTimes:
    """How long checks took: the 50th and the 95th percentile."""

    median_ms: float
    slow_ms: float


def judging_times(project: Project, since: datetime) -> JudgingTimes | None:
    """Return how long checks of the newest 200 messages took; None for fewer than two."""
    logs = ModerationLog.objects.filter(project=project, created_at__gte=since)
    newest = logs.order_by("-created_at", "-id").values_list("processing_seconds", flat=True)
    seconds = list(newest[:TIMED])
    if len(seconds) < 2:
        return None
    hundredths = quantiles(seconds, n=100, method="inclusive")
    return JudgingTimes(1000 * hundredths[49], 1000 * hundredths[94])
