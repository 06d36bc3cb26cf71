"""Answers about a project: statistics, members, keys, words and events."""

from typing import Annotated, TypedDict

from moderation.api.shapes.words import Done
from moderation.events.counters import Stats
from moderation.events.event import EventRow
from moderation.lib.json_types import Id, JsonObject, Moment
from moderation.models.json_names import RoleName
from moderation.rules.word_reach import WordReach


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
    #: What clients of Perspective asked for and nobody can score, and how often.
    dropped_attributes: dict[str, int]
    #: Projects whose stored words and rules could not be compiled.
    stale_rulesets: int


class DeletedProject(TypedDict):
    project_id: str
    #: When its data is removed; until then an owner can restore it on the console.
    gone_at: Moment | None


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
    """`username` is empty for a link, and `email` if a link is for nobody in particular."""

    id: int
    username: str
    email: str
    role: RoleName
    state: Annotated[str, ("enum", ("open", "accepted", "revoked", "expired"))]
    invited_by: str
    created_at: Moment
    expires_at: Moment
    accepted_by: str | None
    accepted_at: Moment | None
    revoked_at: Moment | None


class NewInvitation(InvitationRow):
    """Only this answer shows `link`."""

    link: str


class KeyRow(TypedDict):
    """`made_by`: `user:7` or `key:3`; empty if the command line made it."""

    id: int
    name: str
    prefix: str
    scopes: list[str]
    made_by: str
    rate_per_minute: int | None
    rate_per_hour: int | None
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None
    last_used_at: Moment | None


class NewKey(KeyRow):
    """Only this answer shows `key`."""

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
    #: exact, disguised or part.
    match: str
    added_by: str
    added_at: Moment
    updated_at: Moment
    notes: str
    expires_at: Moment | None


class WordList(TypedDict):
    """`total` counts all matches."""

    total: int
    words: list[WordRow]


class WordName(TypedDict):
    id: Id
    word: str


class NewWord(WordName):
    also_matches: WordReach


class WordAdded(Done):
    data: NewWord


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


class StatsAnswer(Stats):
    window: str | None


class EventsAnswer(TypedDict):
    """`reset` says that some events after `since` were deleted."""

    next: str | None
    previous: str | None
    results: list[EventRow]
    seq: int
    reset: bool


class AuditRow(TypedDict):
    """`identity`: `user:7` or `key:15 made by user:7`; empty for the server itself."""

    id: int
    actor: str
    identity: str
    action: str
    object_type: str
    object_id: str
    data: JsonObject
    created_at: Moment


class ChatToken(TypedDict):
    token: str
    expires_at: Moment
