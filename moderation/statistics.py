"""The figures of a project, read from folded counters instead of counting rows."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from moderation.events import iso
from moderation.models import Counter, ModerationLog, Project
from moderation.models.events import ALL_TIME

#: What events tally; the relay folds them into counters of these names.
TOTAL = "total"
APPROVED = "approved"
REJECTED = "rejected"
FLAGGED = "flagged"
OPEN_REVIEWS = "open_reviews"
METRICS = (TOTAL, APPROVED, REJECTED, FLAGGED, OPEN_REVIEWS)

RECENT = 10
#: Before the name of a metric that is summed up by the hour: a month of minutes is too much to add.
HOUR_SUM = "hour:"
#: The first parts of metrics of which a day is the finest that anybody asks for.
BY_DAY = frozenset({"rule", "shadow", "kept", "gone", "model"})


def verdict_metric(verdict: str) -> str:
    """Return the metric that counts messages by what the engine says of their latest revision."""
    return f"verdict:{verdict}"


def category_metric(category: str) -> str:
    """Return the metric that counts messages of a verdict other than allow by its reasons."""
    return f"category:{category}"


class RuleCount(StrEnum):
    """What is counted of a rule, by day."""

    #: Messages on which it acted.
    APPLIED = "rule"
    #: Messages that it would have acted on, had it not been a shadow.
    SHADOW = "shadow"
    #: Of both, what a moderator approved, or rejected.
    KEPT = "kept"
    REMOVED = "gone"


def rule_metric(count: RuleCount, rule_id: str) -> str:
    return f"{count}:{rule_id.replace('-', '')}"


#: What begins the metrics of a project's model in shadow.
MODEL = "model"


def model_metric(number: int, verdict: str, would_be: str) -> str:
    """Return the metric that counts checks by their verdict and by that of a model in shadow."""
    return f"{MODEL}:{number}:{verdict}>{would_be}"


def hour_metric(metric: str) -> str:
    """Return the name under which a metric's sum of an hour stands, at that hour's first minute."""
    return f"{HOUR_SUM}{metric}"


def is_counted_by_day(metric: str) -> bool:
    """Say whether a metric is folded by day alone, not by minute and for all time."""
    return metric.partition(":")[0] in BY_DAY


def stats_for(project: Project) -> dict[str, Any]:
    """Return the payload of `stats_update` (CONTRACT section 6); rates are percentages."""
    return shown_stats(project, totals_of(project))


def shown_stats(project: Project, totals: Mapping[str, int]) -> dict[str, Any]:
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


def totals_of(project: Project) -> dict[str, int]:
    rows = Counter.objects.filter(project=project, minute=ALL_TIME, metric__in=METRICS)
    return {**dict.fromkeys(METRICS, 0), **dict(rows.values_list("metric", "value"))}


def recent_activity(project: Project) -> list[dict[str, Any]]:
    newest = ModerationLog.objects.filter(project=project).order_by("-created_at", "-id")
    return [
        {"content_id": str(id_), "decision": status, "timestamp": iso(created_at)}
        for id_, status, created_at in newest.values_list("id", "status", "created_at")[:RECENT]
    ]


def _percent(totals: Mapping[str, int], metric: str) -> float:
    if not totals[TOTAL]:
        return 0.0
    return round(100 * totals[metric] / totals[TOTAL], 1)
