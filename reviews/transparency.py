"""The transparency report: what was moderated, how far by machines, and what appeals brought.

The counts that article 15 of Regulation (EU) 2022/2065 asks of an intermediary, as far as a
moderation desk knows them: no orders of authorities and no trusted flaggers pass through it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from moderation.enforce import SYSTEM
from moderation.engine.matches import Category
from moderation.engine.verdict import VerdictKind
from moderation.models import Ban, Counter, ModerationLog, Project, Strike
from moderation.statistics import TOTAL, category_metric, verdict_metric
from reviews.models import Appeal, AppealOutcome, AppealStatus, Decision, Report, Ruling

#: What can be appealed is kept so long, so that the figures of this time are whole.
USUAL = timedelta(days=180)
#: Medians are of the newest; older ones would change them little and cost much.
MOST_MEASURED = 10_000
FINAL = ("approve", "reject", "dismiss")


@dataclass(frozen=True)
class Period:
    since: datetime
    #: Not part of it any more.
    until: datetime

    def of(self, moment: str) -> dict[str, datetime]:
        """Return the filter by a column of moments."""
        return {f"{moment}__gte": self.since, f"{moment}__lt": self.until}


def report_of(project: Project, period: Period) -> dict[str, Any]:
    """Return the figures of a period, in the shape of `GET transparency`; times in seconds."""
    return {
        "content": _content(project, period),
        "measures": _measures(project, period),
        "decisions": _decisions(project, period),
        "reports": _reports(project, period),
        "appeals": _appeals(project, period),
    }


def _content(project: Project, period: Period) -> dict[str, Any]:
    """Count what was judged, by the engine's verdict and by what it found."""
    verdicts = {verdict_metric(kind): str(kind) for kind in VerdictKind if kind != "allow"}
    categories = {category_metric(category): str(category) for category in Category}
    sums = _sums(project, period, [TOTAL, *verdicts, *categories])
    by_verdict = {name: sums.get(metric, 0) for metric, name in verdicts.items()}
    allowed = max(0, sums.get(TOTAL, 0) - sum(by_verdict.values()))
    return {
        "total": sums.get(TOTAL, 0),
        "by_verdict": {"allow": allowed, **by_verdict},
        "by_category": {name: sums.get(metric, 0) for metric, name in categories.items()},
    }


def _sums(project: Project, period: Period, metrics: Iterable[str]) -> dict[str, int]:
    counters = Counter.objects.filter(
        project=project, metric__in=list(metrics), **period.of("minute")
    )
    rows = counters.order_by().values_list("metric").annotate(sum=Sum("value"))
    return {metric: max(0, value) for metric, value in rows}


def _measures(project: Project, period: Period) -> dict[str, Any]:
    """Count what restricts authors, by who decided it."""
    hidden = ModerationLog.objects.filter(
        project=project, is_approved=False, **period.of("created_at")
    )
    strikes = Strike.objects.filter(project=project, **period.of("given_at"))
    bans = Ban.objects.filter(project=project, **period.of("issued_at"))
    types = dict(bans.order_by().values_list("type").annotate(count=Count("pk")))
    return {
        "content_not_shown": _by_automation(hidden, ~Q(stage="human-review")),
        "strikes": _by_automation(strikes, Q(given_by=SYSTEM)),
        "bans": {
            **_by_automation(bans, Q(issued_by=SYSTEM)),
            "temporary": types.get("temporary", 0),
            "permanent": types.get("permanent", 0),
        },
    }


def _by_automation(rows: QuerySet[Any], is_automatic: Q) -> dict[str, int]:
    found = rows.order_by().aggregate(total=Count("pk"), automated=Count("pk", filter=is_automatic))
    by_person = found["total"] - found["automated"]
    return {"total": found["total"], "automated": found["automated"], "by_person": by_person}


def _decisions(project: Project, period: Period) -> dict[str, Any]:
    """Count what people ruled, answers to appeals aside, and how often the engine was wrong."""
    standing = Decision.objects.standing().filter(
        project=project, appeal=None, **period.of("decided_at")
    )
    rulings = dict(standing.order_by().values_list("ruling").annotate(count=Count("pk")))
    found = standing.exclude(review__log__verdict="allow").exclude(ruling=Ruling.DISMISS)
    wrong = found.filter(ruling=Ruling.APPROVE).count()
    judged = found.count()
    return {
        "total": sum(rulings.values()),
        "by_ruling": {ruling: rulings.get(ruling, 0) for ruling in FINAL},
        "median_seconds": _median(standing, "decided_at", "review__created_at"),
        "engine_reviewed": judged,
        "engine_wrong_ratio": round(wrong / judged, 3) if judged else None,
    }


def _reports(project: Project, period: Period) -> dict[str, Any]:
    """Count reports by end users, what came of them, and for what they were."""
    reports = Report.objects.filter(project=project, **period.of("created_at")).order_by()
    named = reports.values_list("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    acted_on = reports.filter(log__is_approved=False).count()
    return {
        "total": reports.count(),
        "content_not_shown": acted_on,
        "by_reason": dict(named[:20]),
    }


def _appeals(project: Project, period: Period) -> dict[str, Any]:
    made = Appeal.objects.filter(project=project, **period.of("created_at")).order_by()
    answered = Appeal.objects.filter(
        project=project, status=AppealStatus.DECIDED, **period.of("decided_at")
    )
    outcomes = dict(answered.order_by().values_list("outcome").annotate(count=Count("pk")))
    return {
        "total": made.count(),
        "open": made.filter(status=AppealStatus.OPEN).count(),
        "decided": sum(outcomes.values()),
        "by_outcome": {outcome: outcomes.get(outcome, 0) for outcome in AppealOutcome.values},
        "of_bans": made.filter(log=None).count(),
        "self_reviewed": answered.filter(self_reviewed=True).count(),
        "median_seconds": _median(answered, "decided_at", "created_at"),
    }


def _median(rows: QuerySet[Any], end: str, start: str) -> float | None:
    newest = rows.order_by(f"-{end}").values_list(end, start)[:MOST_MEASURED]
    waits = [(ended - begun).total_seconds() for ended, begun in newest]
    return round(median(waits), 1) if waits else None
