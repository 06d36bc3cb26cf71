"""The shapes of an item and its message as JSON."""

from typing import Literal, TypedDict

from moderation.lib.json_types import Id, JsonObject, Moment, Share
from moderation.models.json_names import SeverityName, StatusName, VerdictName
from moderation.pipeline.shapes import MatchRow, PersonalRow

DecisionName = Literal["approve", "reject", "dismiss", "escalate"]
ReviewStatusName = Literal["open", "claimed", "decided"]


class ContentRow(TypedDict):
    content_id: Id
    message_id: str
    user_id: str
    username: str
    channel_id: str
    content: str
    content_status: StatusName
    is_approved: bool
    verdict: VerdictName
    severity: SeverityName
    toxicity_score: Share
    reasons: list[str]
    language: str
    matches: list[MatchRow]
    pii: list[PersonalRow]


class ClaimRow(TypedDict):
    claimed_by: str | None
    claim_expires_at: Moment | None


class ReviewRow(ContentRow, ClaimRow):
    id: Id
    status: ReviewStatusName
    source: str
    escalated: bool
    priority: float
    report_count: int
    version: int
    created_at: Moment
    decision: DecisionName | None
    decided_by: str | None
    decided_at: Moment | None


class JudgementRow(TypedDict):
    stage: str
    action: str
    categories: dict[str, float]
    detected_words: list[str]
    moderator_type: str
    moderator_name: str
    rule_name: str | None
    degraded: list[str]
    metadata: JsonObject
    reply_to: str
    revision: int
    policy_version: int
    engine_version: str
    sent_at: Moment
    judged_at: Moment
