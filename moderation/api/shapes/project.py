"""What a project holds: its figures, people, keys, lists and policy."""

from typing import Literal, TypedDict

from moderation.api.shapes.words import Done, Id, JsonObject, Moment, Percent, RoleName


class PongAnswer(TypedDict):
    status: str
    message: str


class Dependencies(TypedDict):
    database: str
    redis: str
    rabbitmq: str
    model: str
    relay: str


class HealthAnswer(TypedDict):
    status: str
    version: str
    timestamp: Moment
    dependencies: Dependencies


class ProjectRow(TypedDict):
    project_id: str
    name: str
    policy_version: int
    is_transparency_public: bool
    created_at: Moment


class MemberRow(TypedDict):
    id: int
    username: str
    role: RoleName
    created_at: Moment


class InvitationRow(TypedDict):
    """`email` is empty where it is meant for nobody in particular."""

    id: int
    email: str
    role: RoleName
    state: Literal["open", "accepted", "revoked", "expired"]
    invited_by: str
    created_at: Moment
    expires_at: Moment
    accepted_by: str | None
    accepted_at: Moment | None
    revoked_at: Moment | None


class NewInvitation(InvitationRow):
    """`link` is shown this once."""

    link: str


class KeyRow(TypedDict):
    id: int
    name: str
    prefix: str
    scopes: list[str]
    rate_per_minute: int | None
    rate_per_hour: int | None
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None
    last_used_at: Moment | None


class NewKey(KeyRow):
    """`key` is shown this once."""

    key: str


class WordRow(TypedDict):
    id: Id
    word: str
    language: str
    category: str
    severity: str
    score: float | None
    is_active: bool
    is_regex: bool
    added_by: str
    added_at: Moment
    updated_at: Moment
    notes: str


class WordList(TypedDict):
    """`total`: of all that match."""

    total: int
    words: list[WordRow]


class WordName(TypedDict):
    id: Id
    word: str


class WordAdded(Done):
    data: WordName


class WordChanged(Done):
    data: WordRow


class WordFigures(TypedDict):
    total: int
    active: int
    inactive: int
    by_language: dict[str, int]
    by_category: dict[str, int]
    by_severity: dict[str, int]


class ImportCounts(TypedDict):
    total: int
    added: int
    exists: int
    invalid: int


class ImportLine(TypedDict):
    line: int
    word: str
    result: str
    detail: str


class ImportReport(Done):
    data: ImportCounts
    report: list[ImportLine]


class TrustedRow(TypedDict):
    user_id: str
    note: str
    added_by: str
    added_at: Moment


class PhraseRow(TypedDict):
    id: Id
    phrase: str
    language: str
    added_by: str
    added_at: Moment


class ActivityRow(TypedDict):
    content_id: Id
    decision: str
    timestamp: Moment


class StatsAnswer(TypedDict):
    total_content: int
    approved: int
    rejected: int
    flagged: int
    approval_rate: Percent
    rejection_rate: Percent
    flag_rate: Percent
    recent_activity: list[ActivityRow]
    open_reviews: int
    window: str | None


class EventRow(TypedDict):
    type: str
    seq: int
    project_id: str
    timestamp: Moment
    data: JsonObject


class EventsAnswer(TypedDict):
    """`reset`: events after `since` are no longer kept."""

    next: str | None
    previous: str | None
    results: list[EventRow]
    seq: int
    reset: bool


class AuditRow(TypedDict):
    id: int
    actor: str
    action: str
    object_type: str
    object_id: str
    data: JsonObject
    created_at: Moment


class ChatToken(TypedDict):
    token: str
    expires_at: Moment
