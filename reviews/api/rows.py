"""The answers of the review API, in the contract's shapes (CONTRACT section 3)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from moderation.enforce import ban_info
from moderation.events import iso
from moderation.models import Ban, LogRevision, ModerationLog, Strike
from moderation.redress import appeal_path, statement_path
from reviews.history import AuthorHistory, Entry, Neighbours
from reviews.models import Appeal, Claim, Decision, Report, ReviewItem, ReviewNote
from reviews.statement import Statement, fields_of, redress_in_words


def item_row(item: ReviewItem, now: datetime) -> dict[str, Any]:
    """Return an item as lists show it; it was fetched `with_details`."""
    return {
        "id": str(item.pk),
        "status": "claimed" if item.live_claim(now) else item.status,
        "source": item.source,
        "escalated": item.escalated,
        "priority": item.priority,
        "report_count": item.report_count,
        "version": item.version,
        "created_at": iso(item.created_at),
        **content_row(item.log),
        **claim_row(item.live_claim(now)),
        **ruling_row(item),
    }


def content_row(log: ModerationLog) -> dict[str, Any]:
    return {
        "content_id": str(log.pk),
        "message_id": log.message_id,
        "user_id": log.user_id,
        "username": log.username,
        "channel_id": log.channel_id,
        "content": log.content,
        "content_status": log.status,
        "is_approved": log.is_approved,
        "verdict": log.verdict,
        "severity": log.severity,
        "toxicity_score": log.score,
        "reasons": log.reasons,
        "language": log.language,
        "matches": log.matches,
        "pii": log.pii,
    }


def claim_row(claim: Claim | None) -> dict[str, Any]:
    """Return who holds an item until when; Nones where nobody does."""
    return {
        "claimed_by": claim.holder_name if claim else None,
        "claim_expires_at": iso(claim.expires_at) if claim else None,
    }


def ruling_row(item: ReviewItem) -> dict[str, Any]:
    ruling: Decision | None = next(iter(item.rulings), None)
    return {
        "decision": ruling.ruling if ruling else None,
        "decided_by": ruling.decided_by if ruling else None,
        "decided_at": iso(item.decided_at),
    }


def detail_row(
    item: ReviewItem, history: AuthorHistory, neighbours: Neighbours, now: datetime
) -> dict[str, Any]:
    """Return an item with all that helps to rule on it."""
    claim = item.live_claim(now)
    return {
        **item_row(item, now),
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


def log_row(log: ModerationLog) -> dict[str, Any]:
    """Return a content as lists show it."""
    return {
        "id": str(log.pk),
        **content_row(log),
        **judgement_row(log),
        "status": log.status,
        "created_at": iso(log.created_at),
    }


def log_detail_row(log: ModerationLog, entry: Entry) -> dict[str, Any]:
    """Return a content with all that became of it."""
    return {
        **log_row(log),
        "review_id": str(entry.reviews[0].pk) if entry.reviews else None,
        "revisions": [revision_row(revision) for revision in entry.revisions],
        "decisions": [
            {**decision_row(decision), "review_id": str(decision.review_id)}
            for decision in entry.decisions
        ],
        "reports": [report_row(report) for report in entry.reports],
        "strikes": [
            {**strike_row(strike), "revoked_at": iso(strike.revoked_at)} for strike in entry.strikes
        ],
        "history": history_row(entry.history),
    }


def revision_row(revision: LogRevision) -> dict[str, Any]:
    """Return an earlier revision of an edited content, as it was judged then."""
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


def judgement_row(log: ModerationLog) -> dict[str, Any]:
    return {
        "stage": log.stage,
        "action": log.action,
        "categories": log.categories,
        "detected_words": log.detected_words,
        "moderator_type": log.moderator_type,
        "moderator_name": log.moderator_name,
        "rule_name": log.rule_name,
        "degraded": log.degraded,
        "metadata": log.metadata,
        "reply_to": log.reply_to,
        "revision": log.revision,
        "policy_version": log.policy_version,
        "engine_version": log.engine_version,
        "sent_at": iso(log.created_at),
        "judged_at": iso(log.judged_at),
    }


def history_row(history: AuthorHistory) -> dict[str, Any]:
    return {
        "strikes": [strike_row(strike) for strike in history.strikes],
        "bans": [ban_row(ban) for ban in history.bans],
        "decisions": [past_row(decision) for decision in history.decisions],
    }


def strike_row(strike: Strike) -> dict[str, Any]:
    return {
        "id": str(strike.pk),
        "channel_id": strike.channel_id or None,
        "content_id": str(strike.log_id) if strike.log_id else None,
        "given_by": strike.given_by,
        "given_at": iso(strike.given_at),
        "expires_at": iso(strike.expires_at),
    }


def ban_row(ban: Ban) -> Mapping[str, Any]:
    issued = {"id": str(ban.pk), "issued_by": ban.issued_by, "issued_at": iso(ban.issued_at)}
    return {**ban_info(ban), **issued}


def decision_row(decision: Decision) -> dict[str, Any]:
    return {
        "id": str(decision.pk),
        "decision": decision.ruling,
        "reason_code": decision.reason_code,
        "note": decision.note,
        "decided_by": decision.decided_by,
        "decided_at": iso(decision.decided_at),
        "undone_at": iso(decision.undone_at),
        "undone_by": decision.undone_by or None,
    }


def past_row(decision: Decision) -> dict[str, Any]:
    """Return a ruling on other content of the author, with that content."""
    log = decision.review.log
    content = {"content_id": str(log.pk), "content": log.content, "channel_id": log.channel_id}
    return {**decision_row(decision), **content}


def appeal_state_row(appeal: Appeal) -> dict[str, Any]:
    """Return how an appeal stands, as its author may know it."""
    return {
        "id": str(appeal.pk),
        "status": appeal.status,
        "outcome": appeal.outcome or None,
        "answer": appeal.answer or None,
        "created_at": iso(appeal.created_at),
        "decided_at": iso(appeal.decided_at),
    }


def appeal_row(appeal: Appeal) -> dict[str, Any]:
    """Return an appeal as the staff sees it; it was fetched `with_subjects`."""
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
) -> dict[str, Any]:
    """Return a statement of reasons with the links by which its author answers."""
    log = statement.log
    fields = fields_of(statement)
    moments = {name: iso(value) for name, value in fields.items() if isinstance(value, datetime)}
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
        **fields,
        **moments,
        "informed_at": iso(statement.informed_at),
        "redress": redress_in_words(statement),
        "appeal_url": absolute(appeal_path(statement.token)),
        "statement_url": absolute(statement_path(statement.token)),
        "appeal_deadline": iso(statement.deadline),
    }


def neighbour_row(log: ModerationLog) -> dict[str, Any]:
    return {
        "content_id": str(log.pk),
        "message_id": log.message_id,
        "user_id": log.user_id,
        "username": log.username,
        "content": log.content,
        "status": log.status,
        "created_at": iso(log.created_at),
    }


def report_row(report: Report) -> dict[str, Any]:
    return {
        "id": str(report.pk),
        "content_id": str(report.log_id),
        "review_id": str(report.review_id) if report.review_id else None,
        "reporter_id": report.reporter_id,
        "reason": report.reason,
        "note": report.note,
        "created_at": iso(report.created_at),
    }


def note_row(note: ReviewNote) -> dict[str, Any]:
    return {
        "id": note.pk,
        "author": note.author,
        "text": note.text,
        "created_at": iso(note.created_at),
    }
