"""Rule on many items at once; each by itself, so that one refusal stops no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moderation.errors import GavelError
from moderation.identity import Caller
from reviews.cases import Order
from reviews.decisions import decide


@dataclass(frozen=True)
class BulkResult:
    id: UUID
    #: None means that it was ruled as ordered.
    error: GavelError | None = None


def decide_many(
    ids: Iterable[UUID], order: Order, caller: Caller, *, now: datetime
) -> list[BulkResult]:
    """Rule on each item in a transaction of its own; one named twice is ruled once."""
    return [_decide_one(item_id, order, caller, now) for item_id in dict.fromkeys(ids)]


def _decide_one(item_id: UUID, order: Order, caller: Caller, now: datetime) -> BulkResult:
    try:
        decide(item_id, order, caller, now=now)
    except GavelError as error:
        return BulkResult(item_id, error)
    return BulkResult(item_id)
