"""The events that a review gives rise to, in the contract's shapes (CONTRACT sections 6 and 7)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moderation import events
from moderation.events import Event, iso
from moderation.models import ModerationLog
from reviews.cases import Case
from reviews.models import Appeal, Decision, ReviewItem

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
    cause: UUID | None = None,
    hold_until: datetime | None = None,
) -> Event:
    """Tell how an item stands now; its status is `claimed` while somebody holds it.

    cause, hold_until: of a decision, or of the one that was taken back: what leaves the house
    because of it waits.
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
        events.REVIEW_UPDATE,
        data,
        tally=tally,
        cause=cause,
        hold_until=hold_until,
    )


def appeal_event(appeal: Appeal, now: datetime) -> Event:
    data = {
        "appeal_id": str(appeal.pk),
        "status": appeal.status,
        "outcome": appeal.outcome or None,
        "timestamp": iso(now),
    }
    return Event(appeal.project, events.APPEAL_UPDATE, data)


def content_restored(case: Case) -> Event:
    """Tell that content which was kept back may be shown."""
    return _outside(case, events.CONTENT_RESTORED, {"restored_by": case.caller.name})


def message_refused(case: Case) -> Event:
    """Tell that content which was shown may not be shown any more."""
    log = case.log
    reason = case.reason_code or ", ".join(log.reasons) or "rejected by a moderator"
    return _outside(case, events.MESSAGE_BLOCKED, {"reason": reason, "toxicity_score": log.score})


def author_warned(case: Case, strike_count: int) -> Event:
    data = {"strike_count": strike_count, "severity": case.log.severity}
    return _outside(case, events.WARNING, data)


def decision_reversed(case: Case, decision: Decision) -> Event:
    data = {
        "review_id": str(case.item.pk),
        "decision": decision.ruling,
        "status": case.log.status,
        "is_approved": case.log.is_approved,
        "reversed_by": case.caller.name,
    }
    return _outside(case, events.DECISION_REVERSED, data)


def _outside(case: Case, kind: str, data: Mapping[str, Any]) -> Event:
    return Event(
        case.caller.project,
        kind,
        {**message_of(case.log), **data},
        cause=case.cause,
        hold_until=case.hold_until,
    )


def message_of(log: ModerationLog) -> dict[str, str]:
    """Return what names the message in every event outside the house."""
    return {
        "user_id": log.user_id,
        "channel_id": log.channel_id,
        "message_id": log.message_id,
        "content_id": str(log.pk),
        "project_id": log.project.slug,
    }
