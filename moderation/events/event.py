"""The events that Gavel sends, their names and their audience (docs/events.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self, TypedDict, overload
from uuid import UUID

from moderation.lib.json_types import JsonObject, Moment
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

EXTERNAL = frozenset(
    {MESSAGE_BLOCKED, WARNING, USER_BANNED, USER_UNBANNED, CONTENT_RESTORED, DECISION_REVERSED}
)


@dataclass(frozen=True)
class Cause:
    """Why something changes: who changes it, the reason, and the decision behind it."""

    #: A name for people to read: of a person, of a key, or "system".
    by: str
    reason: str = ""
    #: The decision or undo that its events belong to, so that they can be cancelled together.
    decision: UUID | None = None
    #: External sinks get its events only after this time; an undo before it cancels them.
    hold_until: datetime | None = None

    def because(self, reason: str) -> Self:
        return replace(self, reason=reason)


@dataclass(frozen=True)
class Event:
    """One thing that happened; `publish` stores it in the transaction that caused it."""

    project: Project
    type: str
    data: Mapping[str, Any]
    #: Counter changes that the relay adds up: metric → +n or -n.
    tally: Mapping[str, int] = field(default_factory=dict)
    cause: Cause | None = None

    @property
    def audience(self) -> Audience:
        return Audience.EXTERNAL if self.type in EXTERNAL else Audience.INTERNAL


class EventRow(TypedDict):
    type: str
    seq: int
    project_id: str
    timestamp: Moment
    data: JsonObject


def event_row(event: OutboxEvent) -> EventRow:
    """Return a numbered event as its readers get it; its project is already loaded."""
    assert event.seq is not None
    return {
        "type": event.type,
        "seq": event.seq,
        "project_id": event.project.slug,
        "timestamp": iso(event.created_at),
        "data": event.data,
    }


@overload
def iso(moment: datetime) -> str: ...


@overload
def iso(moment: None) -> None: ...


@overload
def iso(moment: datetime | None) -> str | None: ...


def iso(moment: datetime | None) -> str | None:
    """Return the moment as ISO 8601 in UTC with Z, or None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
