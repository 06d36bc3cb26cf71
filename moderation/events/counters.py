"""A project's statistics, read from counters instead of counting rows."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypedDict

from moderation.events.event import iso
from moderation.lib.json_types import Id, Moment, Percent
from moderation.lib.prepared_sql import PreparedRows
from moderation.models import Counter, ModerationLog, Project
from moderation.models.events import ALL_TIME

#: Names of counters. Events carry changes to them, which the relay adds up.
TOTAL = "total"
APPROVED = "approved"
REJECTED = "rejected"
FLAGGED = "flagged"
OPEN_REVIEWS = "open_reviews"
METRICS = (TOTAL, APPROVED, REJECTED, FLAGGED, OPEN_REVIEWS)

RECENT = 10
#: Prefix of a metric's hourly sums, because a month has too many minutes to add up.
HOUR_SUM = "hour:"
#: First parts of the metrics that are counted by day only.
BY_DAY = frozenset({"rule", "shadow", "kept", "gone", "model"})


def verdict_metric(verdict: str) -> str:
    """Return the metric that counts messages by the verdict on their latest revision."""
    return f"verdict:{verdict}"


def category_metric(category: str) -> str:
    """Return the metric that counts messages by the reasons of a verdict other than allow."""
    return f"category:{category}"


class RuleCount(StrEnum):
    """The counters of a rule, by day."""

    #: Messages that the rule acted on.
    APPLIED = "rule"
    #: Messages that a shadow rule would have acted on.
    SHADOW = "shadow"
    #: Messages of both kinds that a moderator approved or rejected.
    KEPT = "kept"
    REMOVED = "gone"


def rule_metric(count: RuleCount, rule_id: str) -> str:
    return f"{count}:{rule_id.replace('-', '')}"


#: Prefix of the metrics of a project's shadow model.
MODEL = "model"


def model_metric(number: int, verdict: str, would_be: str) -> str:
    """Return the metric that counts checks by their verdict and the shadow model's verdict."""
    return f"{MODEL}:{number}:{verdict}>{would_be}"


def hour_metric(metric: str) -> str:
    """Return the metric's hourly sum, which is stored under the hour's first minute."""
    return f"{HOUR_SUM}{metric}"


def is_counted_by_day(metric: str) -> bool:
    """Say whether a metric is counted by day only, not by minute and for all time."""
    return metric.partition(":")[0] in BY_DAY


class ActivityRow(TypedDict):
    content_id: Id
    decision: str
    timestamp: Moment


class Stats(TypedDict):
    total_content: int
    approved: int
    rejected: int
    flagged: int
    approval_rate: Percent
    rejection_rate: Percent
    flag_rate: Percent
    recent_activity: list[ActivityRow]
    open_reviews: int


def stats_for(project: Project) -> Stats:
    """Return the payload of `stats_update` (docs/realtime.md)."""
    return stats_of(project, totals_of(project))


def stats_of(project: Project, totals: Mapping[str, int]) -> Stats:
    return {
        "total_content": totals[TOTAL],
        "approved": totals[APPROVED],
        "rejected": totals[REJECTED],
        "flagged": totals[FLAGGED],
        "approval_rate": _percent(totals, APPROVED),
        "rejection_rate": _percent(totals, REJECTED),
        "flag_rate": _percent(totals, FLAGGED),
        "recent_activity": recent_activity(project),
        "open_reviews": totals[OPEN_REVIEWS],
    }


# The relay asks up to ten times a second for each project.
_totals = PreparedRows(
    Counter,
    lambda args: Counter.objects.filter(
        project=args.project, minute=ALL_TIME, metric__in=METRICS
    ).only("metric", "value"),
    project=int,
)
_newest = PreparedRows(
    ModerationLog,
    lambda args: (
        ModerationLog.objects.filter(project=args.project)
        .order_by("-created_at", "-id")
        .only("status", "created_at")[:RECENT]
    ),
    project=int,
)


def totals_of(project: Project) -> dict[str, int]:
    rows = _totals(project=project.pk)
    return {**dict.fromkeys(METRICS, 0), **{row.metric: row.value for row in rows}}


def recent_activity(project: Project) -> list[ActivityRow]:
    return [
        {"content_id": str(log.pk), "decision": log.status, "timestamp": iso(log.created_at)}
        for log in _newest(project=project.pk)
    ]


def _percent(totals: Mapping[str, int], metric: str) -> float:
    if not totals[TOTAL]:
        return 0.0
    return round(100 * totals[metric] / totals[TOTAL], 1)
