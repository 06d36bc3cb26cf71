"""An item and its message as JSON, for the API and the raw view."""

from datetime import datetime
from typing import cast

from moderation.events.event import iso
from moderation.models import ModerationLog
from reviews.casefile.shapes import (
    ClaimRow,
    ContentRow,
    DecisionName,
    JudgementRow,
    ReviewRow,
    ReviewStatusName,
)
from reviews.models import Claim, Decision, ReviewItem


def item_row(item: ReviewItem, now: datetime) -> ReviewRow:
    """Return an item as lists show it; the caller fetched it `with_details`."""
    claim = item.live_claim(now)
    decision: Decision | None = next(iter(item.final_decisions), None)
    return {
        "id": str(item.pk),
        "status": "claimed" if claim else cast("ReviewStatusName", item.status),
        "source": item.source,
        "escalated": item.escalated,
        "priority": item.priority,
        "report_count": item.report_count,
        "version": item.version,
        "created_at": iso(item.created_at),
        **content_row(item.log),
        **claim_row(claim),
        "decision": cast("DecisionName", decision.ruling) if decision else None,
        "decided_by": decision.decided_by if decision else None,
        "decided_at": iso(item.decided_at),
    }


def content_row(log: ModerationLog) -> ContentRow:
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


def claim_row(claim: Claim | None) -> ClaimRow:
    """Return who holds an item and until when; both None if nobody does."""
    return {
        "claimed_by": claim.holder_name if claim else None,
        "claim_expires_at": iso(claim.expires_at) if claim else None,
    }


def judgement_row(log: ModerationLog) -> JudgementRow:
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
