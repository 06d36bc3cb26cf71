"""What a check, an analysis and an author's status answer."""

from typing import TypedDict

from moderation.api.shapes.words import (
    BanTypeName,
    Id,
    Moment,
    Problem,
    SeverityName,
    Share,
    StatusName,
    VerdictName,
)


class MatchRow(TypedDict):
    """What was found where: offsets in code points of the content as it was sent."""

    start: int
    end: int
    text: str
    category: str
    source: str
    score: float
    rule_id: str | None


class PersonalRow(TypedDict):
    """Personal data: `EMAIL`, `PHONE`, `CREDIT_CARD`, `US_SSN`, `IBAN` or `IP_ADDRESS`."""

    type: str
    start: int
    end: int
    text: str


class BanInfo(TypedDict):
    id: Id
    type: BanTypeName
    expires_at: Moment | None
    reason: str
    channel_id: str | None


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


class CheckProblem(TypedDict):
    """The error that one message of a batch has."""

    message_id: str | None
    error: Problem


class BatchAnswer(TypedDict):
    """One answer or error for each message, in their order."""

    results: list[CheckAnswer | CheckProblem]


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
    strikes_reset_at: Moment | None
    last_violation: Moment | None
