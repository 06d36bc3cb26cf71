"""The API's answers as typed values. Fields that a newer server adds are in `raw`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self

Verdict = Literal["allow", "warn", "flag", "block"]
Severity = Literal["none", "low", "medium", "high"]
Status = Literal["approved", "flagged", "rejected"]


class Answer:
    """A value made of a JSON object; unknown members are left out."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        known = {one.name for one in fields(cls)}  # type: ignore[arg-type]
        chosen = {name: value for name, value in data.items() if name in known}
        if "raw" in known:
            chosen["raw"] = data
        return cls(**chosen)


@dataclass(frozen=True)
class Match(Answer):
    """A finding; `start` and `end` count code points of the content as it was sent."""

    start: int
    end: int
    text: str
    category: str
    source: str = ""
    score: float = 0.0
    rule_id: str | None = None


@dataclass(frozen=True)
class PersonalData(Answer):
    """`type` is EMAIL, PHONE, CREDIT_CARD, US_SSN, IBAN or IP_ADDRESS."""

    type: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class BanInfo(Answer):
    type: Literal["temporary", "permanent"]
    #: ISO 8601 in UTC; None for a permanent ban.
    expires_at: str | None = None
    reason: str = ""
    channel_id: str | None = None
    id: str = ""


@dataclass(frozen=True)
class Check(Answer):
    """The answer to a check; `is_approved` alone says whether your app may show the message."""

    is_approved: bool
    message_id: str
    verdict: Verdict
    action: str
    severity: Severity = "none"
    status: Status = "approved"
    toxicity_score: float = 0.0
    strike_count: int = 0
    #: For the author, in the author's language.
    message: str = ""
    detected_words: list[str] = field(default_factory=list)
    language: str = ""
    ban_info: BanInfo | None = None
    content_id: str | None = None
    project_id: str = ""
    stage: str = ""
    reasons: list[str] = field(default_factory=list)
    categories: dict[str, float] = field(default_factory=dict)
    matches: list[Match] = field(default_factory=list)
    pii: list[PersonalData] = field(default_factory=list)
    review_id: str | None = None
    policy_version: int = 0
    engine_version: str = ""
    #: Seconds.
    processing_time: float = 0.0
    duplicate: bool = False
    degraded: list[str] = field(default_factory=list)
    appeal_url: str | None = None
    statement_url: str | None = None
    #: True if the server was away and the fallback answered: nothing is stored.
    is_fallback: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        nested = {
            "ban_info": BanInfo.of(data["ban_info"]) if data.get("ban_info") else None,
            "matches": [Match.of(one) for one in data.get("matches", [])],
            "pii": [PersonalData.of(one) for one in data.get("pii", [])],
        }
        made = super().of({**data, **nested})
        object.__setattr__(made, "raw", data)
        return made


@dataclass(frozen=True)
class BatchError(Answer):
    """A message of a batch that was refused; the others were checked."""

    message_id: str
    error: Mapping[str, Any]

    def __str__(self) -> str:
        return str(self.error.get("detail", ""))


@dataclass(frozen=True)
class Analysis(Answer):
    """The answer to an analysis: of a text alone, and nothing is stored."""

    is_toxic: bool
    verdict: Verdict
    toxicity_score: float = 0.0
    severity: Severity = "none"
    language: str = ""
    detected_words: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    detoxify_scores: dict[str, float] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    pii: list[PersonalData] = field(default_factory=list)
    processing_time: float = 0.0

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        nested = {
            "matches": [Match.of(one) for one in data.get("matches", [])],
            "pii": [PersonalData.of(one) for one in data.get("pii", [])],
        }
        return super().of({**data, **nested})


@dataclass(frozen=True)
class AuthorStatus(Answer):
    user_id: str
    channel_id: str
    strike_count: int = 0
    is_banned: bool = False
    ban_type: str | None = None
    ban_expires_at: str | None = None
    strikes_reset_at: str | None = None
    last_violation: str | None = None


@dataclass(frozen=True)
class Review(Answer):
    """A review of the queue; `raw` has all that the server said."""

    id: str
    status: str = "open"
    version: int = 0
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Event(Answer):
    """A live event; `seq` rises by 1 with each event of the project."""

    type: str
    seq: int
    project_id: str
    timestamp: str
    data: Mapping[str, Any]
