"""Answers about authors, bans and channels."""

from typing import TypedDict

from moderation.api.shapes.words import Done
from moderation.lib.json_types import Id, Moment, Share
from moderation.models.json_names import BanTypeName, SeverityName
from moderation.sanctions.payloads import BanInfo


class BannedRow(TypedDict):
    user_id: str
    channel_id: str | None
    ban_type: BanTypeName
    banned_at: Moment
    banned_until: Moment | None
    reason: str
    total_violations: int
    strike_count: int


class BannedList(TypedDict):
    total: int
    banned_users: list[BannedRow]


class ViolationRow(TypedDict):
    id: Id
    message_id: str
    channel_id: str
    detected_words: list[str]
    toxicity_score: Share
    severity: SeverityName
    action_taken: str
    strike_count_at_time: int
    timestamp: Moment


class ViolationList(TypedDict):
    user_id: str
    channel_id: str | None
    total_violations: int
    current_strikes: int
    is_banned: bool
    is_muted: bool
    violations: list[ViolationRow]


class ViolationSummary(TypedDict):
    total: int
    last_violation: Moment | None
    by_severity: dict[str, int]


class AuthorStatus(TypedDict):
    user_id: str
    channel_id: str | None
    strike_count: int
    is_banned: bool
    is_muted: bool
    #: The ban or the mute.
    ban_info: BanInfo | None
    violation_summary: ViolationSummary


class IssuedBan(BanInfo):
    id: Id
    issued_by: str
    issued_at: Moment


class AuthorsBan(IssuedBan):
    user_id: str


class Banned(Done):
    data: AuthorsBan


class ResetCount(TypedDict):
    reset_count: int


class StrikesReset(Done):
    data: ResetCount


class ChannelFigures(TypedDict):
    channel_id: str
    total_violations: int
    total_users_with_strikes: int
    banned_users: int
    temp_banned: int
    perm_banned: int
    muted: int
    avg_strikes: float
    toxicity: Share


class ExpiredCount(TypedDict):
    expired_count: int


class BansExpired(Done):
    data: ExpiredCount


class DeletedCount(TypedDict):
    deleted_count: int


class CleanedUp(Done):
    data: DeletedCount
