"""Statistics of several projects, in one query each."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Sum

from moderation.engine.verdict.verdict import KIND_ORDER, VerdictKind
from moderation.events.counters import TOTAL, verdict_metric
from moderation.models import Ban, Counter, Project

#: The metric of each counted verdict; allow is the total without the others.
TALLIED: dict[VerdictKind, str] = {
    kind: verdict_metric(kind) for kind in KIND_ORDER if kind != VerdictKind.ALLOW
}


def checks_by_verdict(
    projects: Iterable[Project], *, since: datetime
) -> dict[int, dict[VerdictKind, int]]:
    """Return each project's checks since then by verdict, as far as the relay has counted them.

    Reads the counters, which have a few rows per minute at any load.
    """
    counted = Counter.objects.filter(
        project__in=projects, metric__in=[TOTAL, *TALLIED.values()], minute__gt=since
    )
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    for project, metric, number in counted.values_list("project_id", "metric").annotate(
        Sum("value")
    ):
        sums[project][metric] = number
    checks = {}
    for project, counts in sums.items():
        others = {kind: counts.get(metric, 0) for kind, metric in TALLIED.items()}
        # An edit changes a verdict without a new message, so the others may exceed the total.
        allowed = max(counts.get(TOTAL, 0) - sum(others.values()), 0)
        checks[project] = {VerdictKind.ALLOW: allowed, **others}
    return checks


def bans_in_force(projects: Iterable[Project], *, now: datetime) -> dict[int, int]:
    """Count each project's active bans."""
    bans = Ban.objects.active(now).filter(project__in=projects).order_by()
    return dict(bans.values_list("project_id").annotate(Count("pk")))
