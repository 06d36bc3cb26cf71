"""Figures of several projects at once, in one query each."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Sum

from moderation.engine.verdict import KIND_ORDER, VerdictKind
from moderation.models import Ban, Counter, Project
from moderation.statistics import TOTAL, verdict_metric

#: The metric of each verdict that is tallied; of allow there are as many as the others leave.
TALLIED: dict[VerdictKind, str] = {
    kind: verdict_metric(kind) for kind in KIND_ORDER if kind != VerdictKind.ALLOW
}


def checks_by_verdict(
    projects: Iterable[Project], *, since: datetime
) -> dict[int, dict[VerdictKind, int]]:
    """Return each project's checks since then by verdict, as far as the relay has folded them.

    Read from the counters, which have a few rows a minute however much is checked.
    """
    counted = Counter.objects.filter(
        project__in=projects, metric__in=[TOTAL, *TALLIED.values()], minute__gt=since
    )
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    for project, metric, number in counted.values_list("project_id", "metric").annotate(
        Sum("value")
    ):
        sums[project][metric] = number
    return {project: _by_verdict(found) for project, found in sums.items()}


def _by_verdict(sums: dict[str, int]) -> dict[VerdictKind, int]:
    others = {kind: sums.get(metric, 0) for kind, metric in TALLIED.items()}
    # An edit moves a verdict without a new message, so that for once the others may be more.
    allowed = max(sums.get(TOTAL, 0) - sum(others.values()), 0)
    return {VerdictKind.ALLOW: allowed, **others}


def bans_in_force(projects: Iterable[Project], *, now: datetime) -> dict[int, int]:
    """Count each project's bans that hold now."""
    bans = Ban.objects.active(now).filter(project__in=projects).order_by()
    return dict(bans.values_list("project_id").annotate(Count("pk")))
