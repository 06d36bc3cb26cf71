"""The payloads of the events that decisions and appeals cause (docs/events.md)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moderation.events.event import (
    APPEAL_UPDATE,
    CONTENT_RESTORED,
    DECISION_REVERSED,
    MESSAGE_BLOCKED,
    WARNING,
    Cause,
    Event,
    iso,
)
from reviews.decisions.case import Case
from reviews.models import Appeal, Decision


def appeal_event(appeal: Appeal, now: datetime, cause: Cause | None = None) -> Event:
    data = {
        "appeal_id": str(appeal.pk),
        "status": appeal.status,
        "outcome": appeal.outcome or None,
        "timestamp": iso(now),
    }
    return Event(appeal.project, APPEAL_UPDATE, data, cause=cause)


def content_restored(case: Case) -> Event:
    """Announce that hidden content may be shown."""
    return _external(case, CONTENT_RESTORED, {"restored_by": case.caller.name})


def message_blocked(case: Case) -> Event:
    """Announce that visible content must be hidden."""
    log = case.log
    reason = case.reason_code or ", ".join(log.reasons) or "rejected by a moderator"
    return _external(case, MESSAGE_BLOCKED, {"reason": reason, "toxicity_score": log.score})


def author_warned(case: Case, strike_count: int) -> Event:
    data = {"strike_count": strike_count, "severity": case.log.severity}
    return _external(case, WARNING, data)


def decision_reversed(case: Case, decision: Decision) -> Event:
    data = {
        "review_id": str(case.item.pk),
        "decision": decision.ruling,
        "status": case.log.status,
        "is_approved": case.log.is_approved,
        "reversed_by": case.caller.name,
    }
    return _external(case, DECISION_REVERSED, data)


def _external(case: Case, kind: str, data: Mapping[str, Any]) -> Event:
    """Return an event for the project's app; it names the message and waits for the hold."""
    log = case.log
    message = {
        "user_id": log.user_id,
        "channel_id": log.channel_id,
        "message_id": log.message_id,
        "content_id": str(log.pk),
        "project_id": log.project.slug,
    }
    return Event(
        case.caller.project,
        kind,
        {**message, **data},
        cause=case.cause,
    )
