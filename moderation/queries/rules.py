"""Reads about a project's rules: what each did, from the counters."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from moderation.events.counters import RuleCount, rule_metric
from moderation.models import Counter, Project, Rule
from moderation.models.rules import RuleAction

#: Days that a rule's figures cover.
FIGURE_DAYS = 30


@dataclass(frozen=True)
class RuleFigures:
    """What a rule did in the last days; the relay counts, so they may lag by a moment."""

    #: Messages that it acted on, and those it would have acted on as a shadow rule.
    applied: int = 0
    shadow: int = 0
    #: Messages of both that moderators approved, and those they rejected.
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
        """Share (0-1) of decided messages on which moderators agreed with the rule, or None."""
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
    figures = {}
    for rule in rules:
        key = str(rule.pk)
        counts = {count: max(0, sums.get(rule_metric(count, key), 0)) for count in RuleCount}
        figures[key] = RuleFigures(
            applied=counts[RuleCount.APPLIED],
            shadow=counts[RuleCount.SHADOW],
            kept=counts[RuleCount.KEPT],
            removed=counts[RuleCount.REMOVED],
            action=rule.action,
        )
    return figures
