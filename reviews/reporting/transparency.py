"""The transparency report: what was moderated, how much of it by machine, and how appeals ended.

The counts that article 15 of Regulation (EU) 2022/2065 requires of an intermediary, as far as
Gavel knows them: it handles neither orders of authorities nor trusted flaggers.
"""

from collections import Counter
from datetime import timedelta
from itertools import chain, islice
from statistics import median

from moderation.engine.matches import Category
from moderation.engine.verdict.verdict import VerdictKind
from moderation.events.counters import TOTAL, category_metric, verdict_metric
from moderation.models import Project
from moderation.queries.recent import sums_between
from reviews.models import AppealOutcome
from reviews.reporting.hours import ANSWER, DECISION, REPORT, Hours, Span, figures_by_hour
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


#: Reasons that the report lists: those most reported with.
MOST_REASONS = 20


def report_of(project: Project, period: Span) -> TransparencyReport:
    """Return the figures of a period, in the shape of `GET transparency`."""
    hours = figures_by_hour(project, period)
    counts: Counter[str] = Counter()
    for figures in hours.values():
        counts.update(figures.counts)
    return {
        "content": _content(project, period),
        "measures": _measures(counts),
        "decisions": _decisions(counts, hours),
        "reports": _reports(counts),
        "appeals": _appeals(counts, hours),
    }


def _content(project: Project, period: Span) -> ContentFigures:
    """Count checked messages, by verdict and by category."""
    verdicts = {verdict_metric(kind): str(kind) for kind in VerdictKind if kind != "allow"}
    categories = {category_metric(category): str(category) for category in Category}
    metrics = [TOTAL, *verdicts, *categories]
    found = sums_between(project, metrics, period.since, period.until)
    sums = {metric: max(0, value) for metric, value in found.items()}
    by_verdict = {name: sums.get(metric, 0) for metric, name in verdicts.items()}
    allowed = max(0, sums.get(TOTAL, 0) - sum(by_verdict.values()))
    return {
        "total": sums.get(TOTAL, 0),
        "by_verdict": {"allow": allowed, **by_verdict},
        "by_category": {name: sums.get(metric, 0) for metric, name in categories.items()},
    }


def _measures(counts: Counter[str]) -> MeasureFigures:
    """Return what restricts authors, by who decided it."""
    return {
        "content_not_shown": _by_automation(counts, "hidden"),
        "strikes": _by_automation(counts, "strikes"),
        "bans": {
            **_by_automation(counts, "bans"),
            "temporary": counts["bans:temporary"],
            "permanent": counts["bans:permanent"],
        },
    }


def _by_automation(counts: Counter[str], kind: str) -> AutomationFigures:
    automated, by_person = counts[f"{kind}:automated"], counts[f"{kind}:by_person"]
    return {"total": automated + by_person, "automated": automated, "by_person": by_person}


def _decisions(counts: Counter[str], hours: Hours) -> DecisionFigures:
    """Return the decisions, except answers to appeals, and how often the engine was wrong."""
    by_ruling = {ruling: counts[f"decisions:{ruling}"] for ruling in FINAL}
    reviewed, wrong = counts["engine:reviewed"], counts["engine:wrong"]
    return {
        "total": sum(by_ruling.values()),
        "by_ruling": by_ruling,
        "median_seconds": _median(hours, DECISION),
        "engine_reviewed": reviewed,
        "engine_wrong_ratio": round(wrong / reviewed, 3) if reviewed else None,
    }


def _reports(counts: Counter[str]) -> ReportFigures:
    """Return end users' reports, how many hid content, and their reasons."""
    reasons = {
        name.removeprefix(REPORT): count
        for name, count in counts.items()
        if name.startswith(REPORT)
    }
    by_count = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    return {
        "total": sum(reasons.values()),
        "content_not_shown": counts["reports:hidden"],
        "by_reason": dict(by_count[:MOST_REASONS]),
    }


def _appeals(counts: Counter[str], hours: Hours) -> AppealFigures:
    by_outcome = {outcome: counts[f"answers:{outcome}"] for outcome in AppealOutcome.values}
    return {
        "total": counts["appeals"],
        "open": counts["appeals:open"],
        "decided": sum(by_outcome.values()),
        "by_outcome": by_outcome,
        "of_bans": counts["appeals:of_bans"],
        "self_reviewed": counts["answers:self_reviewed"],
        "median_seconds": _median(hours, ANSWER),
    }


def _median(hours: Hours, kind: str) -> float | None:
    """Return the median of the newest waits."""
    newest_first = chain.from_iterable(figures.waits[kind] for figures in hours.values())
    waits = list(islice(newest_first, MOST_MEASURED))
    return round(median(waits), 1) if waits else None
