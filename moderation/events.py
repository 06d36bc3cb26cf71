"""The events that Gavel sends: their names and who may hear them (CONTRACT sections 6 and 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from moderation.models import OutboxEvent, Project
from moderation.models.events import Audience

MODERATION_UPDATE = "moderation_update"
STATS_UPDATE = "stats_update"
RULE_UPDATE = "rule_update"
USER_ACTIVITY = "user_activity"
REVIEW_UPDATE = "review_update"
APPEAL_UPDATE = "appeal_update"
BAN_UPDATE = "ban_update"
RATE_LIMITED = "rate_limited"
SYSTEM_NOTIFICATION = "system_notification"

MESSAGE_BLOCKED = "moderation.message_blocked"
WARNING = "moderation.warning"
USER_BANNED = "moderation.user_banned"
USER_UNBANNED = "moderation.user_unbanned"
CONTENT_RESTORED = "moderation.content_restored"
DECISION_REVERSED = "moderation.decision_reversed"

OUTSIDE = frozenset(
    {MESSAGE_BLOCKED, WARNING, USER_BANNED, USER_UNBANNED, CONTENT_RESTORED, DECISION_REVERSED}
)


@dataclass(frozen=True)
class Event:
    """One thing to tell; `publish` stores it in the transaction that caused it."""

    project: Project
    type: str
    data: Mapping[str, Any]
    #: Counter changes that the relay folds: metric → +n or -n.
    tally: Mapping[str, int] = field(default_factory=dict)
    #: The decision that caused it, and until when sinks outside the house wait.
    cause: UUID | None = None
    hold_until: datetime | None = None

    @property
    def audience(self) -> Audience:
        return Audience.OUTSIDE if self.type in OUTSIDE else Audience.HOUSE


def envelope_of(event: OutboxEvent) -> dict[str, Any]:
    """Return a numbered event as its readers get it; its project is fetched with it."""
    return {
        "type": event.type,
        "seq": event.seq,
        "project_id": event.project.slug,
        "timestamp": iso(event.created_at),
        "data": event.data,
    }


def iso(moment: datetime | None) -> str | None:
    """Return the moment as ISO 8601 in UTC with Z, or None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
