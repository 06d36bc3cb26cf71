"""Answers to a check, an analysis and a request for an author's status."""

from typing import NotRequired, TypedDict

from moderation.lib.json_types import Id, Moment, Share
from moderation.models.json_names import BanTypeName, SeverityName, StatusName, VerdictName
from moderation.sanctions.payloads import BanInfo


class MatchRow(TypedDict):
    """One finding; offsets are code points of the content as it was sent."""

    start: int
    end: int
    text: str
    category: str
    source: str
    score: float
    rule_id: str | None
    #: What an AI provider said; its match marks no letters.
    reason: NotRequired[str]


class PersonalRow(TypedDict):
    """Personal data: `EMAIL`, `PHONE`, `CREDIT_CARD`, `US_SSN`, `IBAN` or `IP_ADDRESS`."""

    type: str
    start: int
    end: int
    text: str


class CheckAnswer(TypedDict):
    """`is_approved` alone says whether the app may show the content."""

    is_approved: bool
    action: str
    severity: SeverityName
    toxicity_score: Share
    strike_count: int
    message: str
    detected_words: list[str]
    language: str
    ban_info: BanInfo | None
    content_id: Id | None
    message_id: str
    project_id: str
    status: StatusName
    verdict: VerdictName
    stage: str
    reasons: list[str]
    categories: dict[str, float]
    matches: list[MatchRow]
    pii: list[PersonalRow]
    review_id: Id | None
    policy_version: int
    engine_version: str
    processing_time: float
    duplicate: bool
    degraded: list[str]
    appeal_url: str | None
    statement_url: str | None
    #: The text in a picture; only with `content_type: image`.
    ocr_text: NotRequired[str]


class AnalysisAnswer(TypedDict):
    is_toxic: bool
    toxicity_score: Share
    severity: SeverityName
    language: str
    detected_words: list[str]
    categories: list[str]
    detoxify_scores: dict[str, float]
    verdict: VerdictName
    reasons: list[str]
    matches: list[MatchRow]
    pii: list[PersonalRow]
    processing_time: float


class StatusAnswer(TypedDict):
    """An unknown author has zeros and nulls."""

    user_id: str
    channel_id: str
    strike_count: int
    is_banned: bool
    ban_type: BanTypeName | None
    ban_expires_at: Moment | None
    is_muted: bool
    muted_until: Moment | None
    strikes_reset_at: Moment | None
    last_violation: Moment | None
