"""Rule on many items at once; each by itself, so that one refusal stops no other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from moderation.errors import GavelError
from moderation.identity import Caller
from reviews.cases import Order
from reviews.decisions import decide, undo

#: CONTRACT section 3, "POST reviews/bulk".
MOST_AT_ONCE = 100


@dataclass(frozen=True)
class BulkResult:
    id: UUID
    #: None means that it was ruled as ordered.
    error: GavelError | None = None


def decide_many(
    ids: Iterable[UUID],
    order: Order,
    caller: Caller,
    *,
    now: datetime,
    versions: Mapping[UUID, int] | None = None,
) -> list[BulkResult]:
    """Rule on each item in a transaction of its own; one named twice is ruled once.

    `versions` says which version of each item was seen; an item that has changed is refused.
    """
    seen = versions or {}
    return [
        _decide_one(item_id, replace(order, version=seen.get(item_id)), caller, now)
        for item_id in dict.fromkeys(ids)
    ]


def _decide_one(item_id: UUID, order: Order, caller: Caller, now: datetime) -> BulkResult:
    try:
        decide(item_id, order, caller, now=now)
    except GavelError as error:
        return BulkResult(item_id, error)
    return BulkResult(item_id)


def undo_many(ids: Iterable[UUID], caller: Caller, *, now: datetime) -> list[BulkResult]:
    """Take back the last ruling of each item, in a transaction of its own."""
    return [_undo_one(item_id, caller, now) for item_id in dict.fromkeys(ids)]


def _undo_one(item_id: UUID, caller: Caller, now: datetime) -> BulkResult:
    try:
        undo(item_id, caller, now=now)
    except GavelError as error:
        return BulkResult(item_id, error)
    return BulkResult(item_id)
