"""Decide or undo many items; each by itself, so that one refusal does not stop the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from moderation.accounts.callers import Caller
from moderation.lib.errors import GavelError
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.undo import undo

MOST_AT_ONCE = 100  # docs/limits.md, "Sizes"


@dataclass(frozen=True)
class BulkResult:
    id: UUID
    #: Why the item was refused; None if it was decided as requested.
    error: GavelError | None = None


def decide_many(
    ids: Iterable[UUID],
    request: DecisionRequest,
    caller: Caller,
    *,
    now: datetime,
    versions: Mapping[UUID, int] | None = None,
) -> list[BulkResult]:
    """Decide each item in a transaction of its own; an item named twice is decided once.

    `versions` says which version of each item the caller saw; a changed item is refused.
    """
    versions = versions or {}
    results = []
    for item_id in dict.fromkeys(ids):
        try:
            decide(item_id, replace(request, version=versions.get(item_id)), caller, now=now)
        except GavelError as error:
            results.append(BulkResult(item_id, error))
        else:
            results.append(BulkResult(item_id))
    return results


def undo_many(ids: Iterable[UUID], caller: Caller, *, now: datetime) -> list[BulkResult]:
    """Undo the last decision on each item, in a transaction of its own."""
    results = []
    for item_id in dict.fromkeys(ids):
        try:
            undo(item_id, caller, now=now)
        except GavelError as error:
            results.append(BulkResult(item_id, error))
        else:
            results.append(BulkResult(item_id))
    return results
