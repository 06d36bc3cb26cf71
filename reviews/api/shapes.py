"""The shapes of the review API's answers, which the schema reads and the tests hold answers to."""

from typing import Literal, NotRequired, TypedDict

from moderation.api.shapes.authors import IssuedBan
from moderation.api.shapes.checking import MatchRow, PersonalRow
from moderation.api.shapes.words import (
    Id,
    JsonObject,
    Moment,
    Problem,
    SeverityName,
    Share,
    StatusName,
    VerdictName,
)

RulingName = Literal["approve", "reject", "dismiss", "escalate"]


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
    status: Literal["open", "claimed", "decided"]
    source: str
    escalated: bool
    priority: float
    report_count: int
    version: int
    created_at: Moment
    decision: RulingName | None
    decided_by: str | None
    decided_at: Moment | None


class JudgementRow(TypedDict):
    stage: str
    action: str
    categories: dict[str, float]
    detected_words: list[str]
    moderator_type: str
    moderator_name: str
    rule_name: str
    degraded: list[str]
    metadata: JsonObject
    reply_to: str
    revision: int
    policy_version: int
    engine_version: str
    sent_at: Moment
    judged_at: Moment


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
    decision: RulingName
    reason_code: str
    note: str
    decided_by: str
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
    """Strikes and bans in force, and the last ten decisions."""

    strikes: list[StrikeRow]
    bans: list[IssuedBan]
    decisions: list[PastDecision]


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
    """How an appeal stands, as its author may know it."""

    id: Id
    status: str
    outcome: Literal["upheld", "overturned"] | None
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
    """`token` lets the author read the answer, without a key."""

    token: str


class StatementAnswer(TypedDict):
    """Beside these, the fields of the DSA Transparency Database under their names."""

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
    redress: str
    appeal_url: str
    statement_url: str
    appeal_deadline: Moment


class BacktestCounts(TypedDict):
    total: int
    not_kept: int
    changed: int
    hits: int
    agreed: int
    disagreed: int
    undecided: int
    missed: int


class BacktestMeasure(TypedDict):
    """How far the hits of one side of the change agree with people."""

    hits: int
    agreed: int
    disagreed: int
    undecided: int
    missed: int
    precision: Share | None
    recall: Share | None


class BacktestSide(BacktestMeasure):
    """What the engine finds on one side of the change, held against the decisions."""

    verdicts: dict[str, int]
    hidden: int
    reviews: int
    strikes: int


class BacktestExample(TypedDict):
    content_id: Id
    group: str
    text: str
    matches: list[MatchRow]
    verdict: VerdictName
    verdict_without: VerdictName
    decision: RulingName | None


class BacktestSuggested(TypedDict):
    """The same of the texts for which clients suggested scores."""

    total: int
    before: BacktestMeasure
    after: BacktestMeasure


class BacktestResult(TypedDict):
    counts: BacktestCounts
    precision: Share | None
    recall: Share | None
    before: BacktestSide
    after: BacktestSide
    #: Absent from a result of an earlier version.
    suggested: NotRequired[BacktestSuggested]
    changes: dict[str, int]
    examples: list[BacktestExample]


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
    """A `value`, or `values` by name where the metric has several lines."""

    timestamp: Moment
    value: NotRequired[float | None]
    values: NotRequired[dict[str, float | None]]


class TimeSeriesAnswer(TypedDict):
    """`unit`: what the values are; steps before `complete_since` tell too little."""

    metric: str
    bucket: str
    unit: str
    since: Moment
    until: Moment
    complete_since: Moment | None
    points: list[PointRow]


class TransparencyAnswer(TypedDict):
    """Counts of a period by category and way; times in seconds."""

    project_id: str
    since: Moment
    until: Moment
    content: JsonObject
    measures: JsonObject
    decisions: JsonObject
    reports: JsonObject
    appeals: JsonObject


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
