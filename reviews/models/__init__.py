"""What waits for a moderator: items, claims, decisions, notes, reports and appeals."""

from reviews.models.appeals import Appeal, AppealOutcome, AppealQuerySet, AppealStatus, Report
from reviews.models.authors import AuthorNote
from reviews.models.filters import SavedFilter
from reviews.models.items import (
    Claim,
    Decision,
    DecisionKind,
    DecisionQuerySet,
    ReviewItem,
    ReviewItemQuerySet,
    ReviewNote,
    ReviewSource,
    ReviewStatus,
)
from reviews.models.jobs import Backtest, BacktestKind, BacktestState, ExportOrder

__all__ = [
    "Appeal",
    "AppealOutcome",
    "AppealQuerySet",
    "AppealStatus",
    "AuthorNote",
    "Backtest",
    "BacktestKind",
    "BacktestState",
    "Claim",
    "Decision",
    "DecisionKind",
    "DecisionQuerySet",
    "ExportOrder",
    "Report",
    "ReviewItem",
    "ReviewItemQuerySet",
    "ReviewNote",
    "ReviewSource",
    "ReviewStatus",
    "SavedFilter",
]
