"""The shapes of the review API's answers; the schema is built from them."""

from typing import Literal, NotRequired, TypedDict

from moderation.api.shapes.authors import IssuedBan
from moderation.api.shapes.words import Problem
from moderation.lib.json_types import Id, Moment, Share
from moderation.models.json_names import SeverityName, StatusName, VerdictName
from moderation.pipeline.shapes import MatchRow, PersonalRow
from reviews.appeals.statement_of_reasons import DatabaseFields
from reviews.casefile.shapes import ClaimRow, ContentRow, DecisionName, JudgementRow, ReviewRow
from reviews.evaluation.backtests.shapes import BacktestResult
from reviews.reporting.shapes import TransparencyReport

OutcomeName = Literal["upheld", "overturned"]


class StrikeRow(TypedDict):
    id: Id
    channel_id: str | None
    content_id: Id | None
    given_by: str
    given_at: Moment
    expires_at: Moment | None


class PastStrike(StrikeRow):
    revoked_at: Moment | None


class DecisionRow(TypedDict):
    id: Id
    decision: DecisionName
    reason_code: str
    note: str
    decided_by: str
    #: `user:7` or `key:15 made by user:7`.
    identity: str
    decided_at: Moment
    undone_at: Moment | None
    undone_by: str | None


class PastDecision(DecisionRow):
    content_id: Id
    content: str
    channel_id: str


class ContentDecision(DecisionRow):
    review_id: Id


class AuthorRecord(TypedDict):
    """Strikes and bans in force, and the last ten decisions on the author's content."""

    strikes: list[StrikeRow]
    bans: list[IssuedBan]
    decisions: list[PastDecision]


class HeldBan(TypedDict):
    """The ban that the ladder calls for and that waits for a moderator; give it with `ban`."""

    type: Literal["temporary", "permanent"]
    hours: int | None
    #: null: the whole project.
    channel_id: str | None
    strikes: int


class NeighbourRow(TypedDict):
    content_id: Id
    message_id: str
    user_id: str
    username: str
    content: str
    status: StatusName
    created_at: Moment


class Conversation(TypedDict):
    before: list[NeighbourRow]
    after: list[NeighbourRow]


class ReportRow(TypedDict):
    id: Id
    content_id: Id
    review_id: Id | None
    reporter_id: str
    #: The revision of the content that was reported.
    revision: int
    reason: str
    note: str
    created_at: Moment


class NoteRow(TypedDict):
    id: int
    author: str
    text: str
    created_at: Moment


class ClaimDetail(ClaimRow):
    claimed_at: Moment


class ReviewDetail(ReviewRow, JudgementRow):
    held_ban: HeldBan | None
    author: AuthorRecord
    context: Conversation
    reports: list[ReportRow]
    notes: list[NoteRow]
    decisions: list[DecisionRow]
    claim: ClaimDetail | None


class LogRow(ContentRow, JudgementRow):
    id: Id
    status: StatusName
    created_at: Moment


class RevisionRow(TypedDict):
    revision: int
    content: str
    verdict: VerdictName
    severity: SeverityName
    toxicity_score: Share
    stage: str
    action: str
    reasons: list[str]
    categories: dict[str, float]
    detected_words: list[str]
    matches: list[MatchRow]
    pii: list[PersonalRow]
    language: str
    strike_count: int
    policy_version: int
    engine_version: str
    judged_at: Moment


class LogDetail(LogRow):
    review_id: Id | None
    revisions: list[RevisionRow]
    decisions: list[ContentDecision]
    reports: list[ReportRow]
    strikes: list[PastStrike]
    history: AuthorRecord


class BulkRow(TypedDict):
    id: Id
    ok: bool
    error: NotRequired[Problem]


class BulkAnswer(TypedDict):
    results: list[BulkRow]


class AppealState(TypedDict):
    """An appeal's state, as its author may see it."""

    id: Id
    status: str
    outcome: OutcomeName | None
    answer: str | None
    created_at: Moment
    decided_at: Moment | None


class AppealRow(AppealState):
    user_id: str
    content_id: Id | None
    message_id: str | None
    ban_id: Id | None
    statement: str
    decided_by: str | None
    self_reviewed: bool


class NewAppeal(AppealRow):
    """With `token` the author can read the answer without a key."""

    token: str


class StatementAnswer(DatabaseFields):
    """A statement of reasons, with the fields of the DSA Transparency Database."""

    content_id: Id | None
    ban_id: Id | None
    project_id: str
    user_id: str
    message_id: str | None
    channel_id: str | None
    in_force: bool
    strike_expires_at: Moment | None
    language: str
    informed_at: Moment
    redress: list[str]
    appeal_url: str
    statement_url: str
    appeal_deadline: Moment


class BacktestAnswer(BacktestResult):
    id: Id


class BacktestRow(TypedDict):
    id: Id
    kind: str
    state: str
    days: int
    done: int
    total: int
    started_by: str
    started_at: Moment
    result: BacktestResult | None


class PointRow(TypedDict):
    """A `value`, or `values` by name if the metric has several lines."""

    timestamp: Moment
    value: NotRequired[float | None]
    values: NotRequired[dict[str, float | None]]


class TimeSeriesAnswer(TypedDict):
    """`unit`: what the values are; steps before `complete_since` are incomplete."""

    metric: str
    bucket: str
    unit: str
    since: Moment
    until: Moment
    complete_since: Moment | None
    points: list[PointRow]


class TransparencyAnswer(TransparencyReport):
    """Counts of a period by category and by who decided; times in seconds."""

    project_id: str
    since: Moment
    until: Moment


class ExportRow(TypedDict):
    id: Id
    kind: str
    format: str
    since: Moment | None
    until: Moment | None
    rows: int
    status: str
    requested_by: str
    created_at: Moment
    download_url: str


class SavedFilterRow(TypedDict):
    """`query`: the filters as the queue's address has them."""

    id: Id
    name: str
    filters: dict[str, str]
    query: str
    is_shared: bool
    is_own: bool
    created_by: str
    created_at: Moment
