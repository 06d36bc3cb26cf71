"""The answers of the review API (docs/reviews.md)."""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from moderation.api.shapes.authors import IssuedBan
from moderation.events.event import iso
from moderation.lib.signed_links import appeal_path, statement_path
from moderation.models import WHOLE_PROJECT, Ban, LogRevision, ModerationLog, Strike
from moderation.rules.active import policy_of
from moderation.sanctions.payloads import ban_info
from reviews.api.shapes import (
    AppealRow,
    AppealState,
    AuthorRecord,
    DecisionRow,
    HeldBan,
    LogDetail,
    LogRow,
    NeighbourRow,
    NoteRow,
    OutcomeName,
    PastDecision,
    ReportRow,
    ReviewDetail,
    RevisionRow,
    StatementAnswer,
    StrikeRow,
)
from reviews.appeals.statement_of_reasons import Statement, database_fields, redress_in_words
from reviews.casefile.history import AuthorHistory, ContentHistory, Neighbours
from reviews.casefile.rows import claim_row, content_row, item_row, judgement_row
from reviews.casefile.shapes import DecisionName
from reviews.decisions.preview import Preview
from reviews.models import Appeal, Decision, Report, ReviewItem, ReviewNote, ReviewStatus


def detail_row(
    item: ReviewItem, history: AuthorHistory, neighbours: Neighbours, now: datetime
) -> ReviewDetail:
    """Return an item with everything that helps to decide it."""
    claim = item.live_claim(now)
    is_open = item.status != ReviewStatus.DECIDED
    return {
        **item_row(item, now),
        "held_ban": held_ban_row(item.log, history, now) if is_open else None,
        **judgement_row(item.log),
        "author": history_row(history),
        "context": {
            "before": [neighbour_row(log) for log in neighbours.before],
            "after": [neighbour_row(log) for log in neighbours.after],
        },
        "reports": [report_row(report) for report in item.reports.all()],
        "notes": [note_row(note) for note in item.notes.all()],
        "decisions": [decision_row(decision) for decision in item.decisions.all()],
        "claim": {**claim_row(claim), "claimed_at": iso(claim.claimed_at)} if claim else None,
    }


def held_ban_row(log: ModerationLog, history: AuthorHistory, now: datetime) -> HeldBan | None:
    policy = policy_of(log.project)
    author = log.author.in_scope(policy)
    strikes = [one for one in history.strikes if one.channel_id == author.channel_id]
    is_banned = any(one.channel_id in {author.channel_id, WHOLE_PROJECT} for one in history.bans)
    has_strike = any(strike.log_id == log.pk for strike in strikes)
    held = Preview(log, policy, len(strikes), has_strike, now, is_banned).held_ban
    if held is None:
        return None
    return {
        "type": held,
        "hours": policy.temp_ban_hours if held == "temporary" else None,
        "channel_id": author.channel_id or None,
        "strikes": len(strikes),
    }


def log_row(log: ModerationLog) -> LogRow:
    """Return content as lists show it."""
    return {
        "id": str(log.pk),
        **content_row(log),
        **judgement_row(log),
        "status": log.status,
        "created_at": iso(log.created_at),
    }


def log_detail_row(log: ModerationLog, history: ContentHistory) -> LogDetail:
    """Return content with everything that happened to it."""
    return {
        **log_row(log),
        "review_id": str(history.reviews[0].pk) if history.reviews else None,
        "revisions": [revision_row(revision) for revision in history.revisions],
        "decisions": [
            {**decision_row(decision), "review_id": str(decision.review_id)}
            for decision in history.decisions
        ],
        "reports": [report_row(report) for report in history.reports],
        "strikes": [
            {**strike_row(strike), "revoked_at": iso(strike.revoked_at)}
            for strike in history.strikes
        ],
        "history": history_row(history.author),
    }


def revision_row(revision: LogRevision) -> RevisionRow:
    """Return an earlier revision of edited content with its verdict."""
    return {
        "revision": revision.revision,
        "content": revision.content,
        "verdict": revision.verdict,
        "severity": revision.severity,
        "toxicity_score": revision.score,
        "stage": revision.stage,
        "action": revision.action,
        "reasons": revision.reasons,
        "categories": revision.categories,
        "detected_words": revision.detected_words,
        "matches": revision.matches,
        "pii": revision.pii,
        "language": revision.language,
        "strike_count": revision.strike_count,
        "policy_version": revision.policy_version,
        "engine_version": revision.engine_version,
        "judged_at": iso(revision.judged_at),
    }


def history_row(history: AuthorHistory) -> AuthorRecord:
    return {
        "strikes": [strike_row(strike) for strike in history.strikes],
        "bans": [ban_row(ban) for ban in history.bans],
        "decisions": [past_row(decision) for decision in history.decisions],
    }


def strike_row(strike: Strike) -> StrikeRow:
    return {
        "id": str(strike.pk),
        "channel_id": strike.channel_id or None,
        "content_id": str(strike.log_id) if strike.log_id else None,
        "given_by": strike.given_by,
        "given_at": iso(strike.given_at),
        "expires_at": iso(strike.expires_at),
    }


def ban_row(ban: Ban) -> IssuedBan:
    return {
        **ban_info(ban),
        "type": ban.type,
        "issued_by": ban.issued_by,
        "issued_at": iso(ban.issued_at),
    }


def decision_row(decision: Decision) -> DecisionRow:
    return {
        "id": str(decision.pk),
        "decision": cast("DecisionName", decision.ruling),
        "reason_code": decision.reason_code,
        "note": decision.note,
        "decided_by": decision.decided_by,
        "identity": decision.identity,
        "decided_at": iso(decision.decided_at),
        "undone_at": iso(decision.undone_at),
        "undone_by": decision.undone_by or None,
    }


def past_row(decision: Decision) -> PastDecision:
    """Return a decision on other content of the author, with that content."""
    log = decision.review.log
    return {
        **decision_row(decision),
        "content_id": str(log.pk),
        "content": log.content,
        "channel_id": log.channel_id,
    }


def appeal_state_row(appeal: Appeal) -> AppealState:
    """Return an appeal's state, as its author may see it."""
    return {
        "id": str(appeal.pk),
        "status": appeal.status,
        "outcome": cast("OutcomeName", appeal.outcome) if appeal.outcome else None,
        "answer": appeal.answer or None,
        "created_at": iso(appeal.created_at),
        "decided_at": iso(appeal.decided_at),
    }


def appeal_row(appeal: Appeal) -> AppealRow:
    """Return an appeal as moderators see it; the caller fetched it `with_subjects`."""
    return {
        **appeal_state_row(appeal),
        "user_id": appeal.user_id,
        "content_id": str(appeal.log_id) if appeal.log_id else None,
        "message_id": appeal.log.message_id if appeal.log else None,
        "ban_id": str(appeal.ban_id) if appeal.ban_id else None,
        "statement": appeal.statement,
        "decided_by": appeal.decided_by or None,
        "self_reviewed": appeal.self_reviewed,
    }


def statement_row(
    statement: Statement, subject: ModerationLog | Ban, absolute: Callable[[str], str]
) -> StatementAnswer:
    """Return a statement of reasons with the links for its author."""
    log = statement.log
    return {
        "content_id": str(log.pk) if log else None,
        "ban_id": str(statement.ban.pk) if statement.ban else None,
        "project_id": subject.project.slug,
        "user_id": subject.user_id,
        "message_id": log.message_id if log else None,
        "channel_id": subject.channel_id or None,
        "in_force": statement.is_in_force,
        "strike_expires_at": iso(statement.strike.expires_at) if statement.strike else None,
        "language": statement.language,
        **database_fields(statement),
        "informed_at": iso(statement.informed_at),
        "redress": redress_in_words(statement),
        "appeal_url": absolute(appeal_path(statement.token)),
        "statement_url": absolute(statement_path(statement.token)),
        "appeal_deadline": iso(statement.deadline),
    }


def neighbour_row(log: ModerationLog) -> NeighbourRow:
    return {
        "content_id": str(log.pk),
        "message_id": log.message_id,
        "user_id": log.user_id,
        "username": log.username,
        "content": log.content,
        "status": log.status,
        "created_at": iso(log.created_at),
    }


def report_row(report: Report) -> ReportRow:
    return {
        "id": str(report.pk),
        "content_id": str(report.log_id),
        "review_id": str(report.review_id) if report.review_id else None,
        "reporter_id": report.reporter_id,
        "revision": report.revision,
        "reason": report.reason,
        "note": report.note,
        "created_at": iso(report.created_at),
    }


def note_row(note: ReviewNote) -> NoteRow:
    return {
        "id": note.pk,
        "author": note.author,
        "text": note.text,
        "created_at": iso(note.created_at),
    }
