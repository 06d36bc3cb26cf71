"""The shapes of the transparency report as JSON; times in seconds."""

from typing import TypedDict

from moderation.lib.json_types import Share


class ContentFigures(TypedDict):
    total: int
    by_verdict: dict[str, int]
    by_category: dict[str, int]


class AutomationFigures(TypedDict):
    total: int
    automated: int
    by_person: int


class BanFigures(AutomationFigures):
    temporary: int
    permanent: int


class MeasureFigures(TypedDict):
    content_not_shown: AutomationFigures
    strikes: AutomationFigures
    bans: BanFigures


class DecisionFigures(TypedDict):
    total: int
    by_ruling: dict[str, int]
    median_seconds: float | None
    engine_reviewed: int
    engine_wrong_ratio: Share | None


class ReportFigures(TypedDict):
    total: int
    content_not_shown: int
    by_reason: dict[str, int]


class AppealFigures(TypedDict):
    total: int
    open: int
    decided: int
    by_outcome: dict[str, int]
    of_bans: int
    self_reviewed: int
    median_seconds: float | None


class TransparencyReport(TypedDict):
    content: ContentFigures
    measures: MeasureFigures
    decisions: DecisionFigures
    reports: ReportFigures
    appeals: AppealFigures
