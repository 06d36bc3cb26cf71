"""The transparency report: what was moderated, how much of it by machine, and how appeals ended.

The counts that article 15 of Regulation (EU) 2022/2065 requires of an intermediary, as far as
Gavel knows them: it handles neither orders of authorities nor trusted flaggers.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from moderation.engine.matches import Category
from moderation.engine.verdict.verdict import VerdictKind
from moderation.events.counters import TOTAL, category_metric, verdict_metric
from moderation.models import Ban, Counter, ModerationLog, Project, Strike
from moderation.sanctions.bans import SYSTEM
from reviews.models import Appeal, AppealOutcome, AppealStatus, Decision, DecisionKind, Report
from reviews.reporting.shapes import (
    AppealFigures,
    AutomationFigures,
    ContentFigures,
    DecisionFigures,
    MeasureFigures,
    ReportFigures,
    TransparencyReport,
)

#: Gavel keeps everything that can be appealed for this long, so these figures are complete.
USUAL = timedelta(days=180)
#: Medians cover only the newest rows: older ones cost time and change little.
MOST_MEASURED = 10_000
FINAL = ("approve", "reject", "dismiss")


@dataclass(frozen=True)
class Period:
    since: datetime
    #: Exclusive.
    until: datetime

    def of(self, moment: str) -> dict[str, datetime]:
        """Return the filter by a time column."""
        return {f"{moment}__gte": self.since, f"{moment}__lt": self.until}


def report_of(project: Project, period: Period) -> TransparencyReport:
    """Return the figures of a period, in the shape of `GET transparency`."""
    return {
        "content": _content(project, period),
        "measures": _measures(project, period),
        "decisions": _decisions(project, period),
        "reports": _reports(project, period),
        "appeals": _appeals(project, period),
    }


def _content(project: Project, period: Period) -> ContentFigures:
    """Count checked messages, by verdict and by category."""
    verdicts = {verdict_metric(kind): str(kind) for kind in VerdictKind if kind != "allow"}
    categories = {category_metric(category): str(category) for category in Category}
    counters = Counter.objects.filter(
        project=project, metric__in=[TOTAL, *verdicts, *categories], **period.of("minute")
    )
    rows = counters.order_by().values_list("metric").annotate(sum=Sum("value"))
    sums = {metric: max(0, value) for metric, value in rows}
    by_verdict = {name: sums.get(metric, 0) for metric, name in verdicts.items()}
    allowed = max(0, sums.get(TOTAL, 0) - sum(by_verdict.values()))
    return {
        "total": sums.get(TOTAL, 0),
        "by_verdict": {"allow": allowed, **by_verdict},
        "by_category": {name: sums.get(metric, 0) for metric, name in categories.items()},
    }


def _measures(project: Project, period: Period) -> MeasureFigures:
    """Count what restricts authors, by who decided it."""
    hidden = ModerationLog.objects.filter(
        project=project, is_approved=False, **period.of("created_at")
    )
    strikes = Strike.objects.filter(project=project, **period.of("given_at"))
    bans = Ban.objects.filter(project=project, **period.of("issued_at"))
    types = dict(bans.order_by().values_list("type").annotate(count=Count("pk")))
    return {
        "content_not_shown": _by_automation(hidden, ~Q(moderator_type="manual")),
        "strikes": _by_automation(strikes, Q(given_by=SYSTEM)),
        "bans": {
            **_by_automation(bans, Q(issued_by=SYSTEM)),
            "temporary": types.get("temporary", 0),
            "permanent": types.get("permanent", 0),
        },
    }


def _by_automation(rows: QuerySet[Any], is_automatic: Q) -> AutomationFigures:
    counts = rows.order_by().aggregate(
        total=Count("pk"), automated=Count("pk", filter=is_automatic)
    )
    return {
        "total": counts["total"],
        "automated": counts["automated"],
        "by_person": counts["total"] - counts["automated"],
    }


def _decisions(project: Project, period: Period) -> DecisionFigures:
    """Count decisions, except answers to appeals, and how often the engine was wrong."""
    decisions = Decision.objects.in_effect().filter(
        project=project, appeal=None, **period.of("decided_at")
    )
    counts = dict(decisions.order_by().values_list("ruling").annotate(count=Count("pk")))
    of_engine = decisions.exclude(review__log__verdict="allow").exclude(ruling=DecisionKind.DISMISS)
    reviewed = of_engine.count()
    wrong = of_engine.filter(ruling=DecisionKind.APPROVE).count()
    return {
        "total": sum(counts.values()),
        "by_ruling": {ruling: counts.get(ruling, 0) for ruling in FINAL},
        "median_seconds": _median(decisions, "decided_at", "review__created_at"),
        "engine_reviewed": reviewed,
        "engine_wrong_ratio": round(wrong / reviewed, 3) if reviewed else None,
    }


def _reports(project: Project, period: Period) -> ReportFigures:
    """Count end users' reports, how many hid content, and their reasons."""
    reports = Report.objects.filter(project=project, **period.of("created_at")).order_by()
    reasons = reports.values_list("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    return {
        "total": reports.count(),
        "content_not_shown": reports.filter(log__is_approved=False).count(),
        "by_reason": dict(reasons[:20]),
    }


def _appeals(project: Project, period: Period) -> AppealFigures:
    opened = Appeal.objects.filter(project=project, **period.of("created_at")).order_by()
    decided = Appeal.objects.filter(
        project=project, status=AppealStatus.DECIDED, **period.of("decided_at")
    )
    outcomes = dict(decided.order_by().values_list("outcome").annotate(count=Count("pk")))
    return {
        "total": opened.count(),
        "open": opened.filter(status=AppealStatus.OPEN).count(),
        "decided": sum(outcomes.values()),
        "by_outcome": {outcome: outcomes.get(outcome, 0) for outcome in AppealOutcome.values},
        "of_bans": opened.filter(log=None).count(),
        "self_reviewed": decided.filter(self_reviewed=True).count(),
        "median_seconds": _median(decided, "decided_at", "created_at"),
    }


def _median(rows: QuerySet[Any], end: str, start: str) -> float | None:
    newest = rows.order_by(f"-{end}").values_list(end, start)[:MOST_MEASURED]
    waits = [(end_at - start_at).total_seconds() for end_at, start_at in newest]
    return round(median(waits), 1) if waits else None
