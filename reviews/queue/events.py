"""The event that reports a review item."""

from collections.abc import Mapping
from datetime import datetime

from moderation.events.event import (
    REVIEW_UPDATE,
    Cause,
    Event,
    iso,
)
from reviews.models import Decision, ReviewItem

#: Counter changes (the relay folds them into `open_reviews`).
OPENED: Mapping[str, int] = {"open_reviews": 1}
CLOSED: Mapping[str, int] = {"open_reviews": -1}
UNCHANGED: Mapping[str, int] = {}


def review_event(
    item: ReviewItem,
    *,
    now: datetime,
    tally: Mapping[str, int] = UNCHANGED,
    decision: Decision | None = None,
    cause: Cause | None = None,
) -> Event:
    """Report an item's state; its status is `claimed` while somebody holds it.

    cause: a decision, or the one that was undone; external sinks wait until its hold is over.
    """
    claim = item.live_claim(now)
    data = {
        "review_id": str(item.pk),
        "content_id": str(item.log_id),
        "status": "claimed" if claim else item.status,
        "claimed_by": claim.holder_name if claim else None,
        "decision": decision.ruling if decision else None,
        "decided_by": decision.decided_by if decision else None,
        "version": item.version,
        "timestamp": iso(now),
    }
    return Event(
        item.project,
        REVIEW_UPDATE,
        data,
        tally=tally,
        cause=cause,
    )
