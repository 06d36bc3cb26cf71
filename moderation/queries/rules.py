"""Reads about a project's rules: what each did, by the counters."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from moderation.models import Counter, Project, Rule
from moderation.models.rules import RuleAction
from moderation.statistics import RuleCount, rule_metric

#: Days of which a rule's figures tell.
FIGURE_DAYS = 30


@dataclass(frozen=True)
class RuleFigures:
    """What a rule did in the last days; the relay counts, so that it may be a moment late."""

    #: Messages that it acted on, or would have as a shadow.
    applied: int = 0
    shadow: int = 0
    #: Of these, what moderators approved and rejected.
    kept: int = 0
    removed: int = 0
    action: str = RuleAction.FLAG
    days: int = FIGURE_DAYS

    @property
    def hits(self) -> int:
        return self.applied + self.shadow

    @property
    def decided(self) -> int:
        return self.kept + self.removed

    @property
    def precision(self) -> float | None:
        """The share, 0-1, of the decided that moderators ruled as it does; None without any."""
        right = self.kept if self.action == RuleAction.APPROVE else self.removed
        return right / self.decided if self.decided else None


def rule_figures(
    project: Project, rules: Collection[Rule], now: datetime
) -> dict[str, RuleFigures]:
    """Return the figures of these rules by their ids."""
    metrics = [rule_metric(count, str(rule.pk)) for rule in rules for count in RuleCount]
    since = now - timedelta(days=FIGURE_DAYS)
    rows = Counter.objects.filter(project=project, metric__in=metrics, minute__gte=since)
    sums = dict(rows.order_by().values_list("metric").annotate(Sum("value")))
    return {str(rule.pk): _figures(rule, sums) for rule in rules}


def _figures(rule: Rule, sums: dict[str, int]) -> RuleFigures:
    applied, shadow, kept, removed = (
        max(0, sums.get(rule_metric(count, str(rule.pk)), 0))
        for count in (RuleCount.APPLIED, RuleCount.SHADOW, RuleCount.KEPT, RuleCount.REMOVED)
    )
    return RuleFigures(applied, shadow, kept, removed, rule.action)
