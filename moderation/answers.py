"""The answers of the native API, in the contract's shapes (CONTRACT section 3)."""

from collections.abc import Callable, Mapping
from typing import Any

from moderation import queries
from moderation.enforce import ban_info
from moderation.engine.matches import NOT_TOXIC
from moderation.events import iso
from moderation.models import ModerationLog
from moderation.quotes import match_row, pii_row
from moderation.redress import Subject, SubjectKind, appeal_path, statement_path, token_for
from moderation.settle import Judgement, Outcome


def answer_of(outcome: Outcome, absolute: Callable[[str], str] = str) -> dict[str, Any]:
    """Return the answer to a check.

    absolute: makes an address of a path; without it links are paths.
    """
    log = outcome.log
    return {
        "is_approved": log.is_approved,
        "action": log.action,
        "severity": log.severity,
        "toxicity_score": log.score,
        "strike_count": log.strike_count,
        "message": log.message,
        "detected_words": log.detected_words,
        "language": log.language,
        "ban_info": ban_info(outcome.ban) if outcome.ban else None,
        "content_id": str(log.pk) if outcome.is_stored else None,
        "message_id": log.message_id,
        "project_id": log.project.slug,
        "status": log.status,
        "verdict": log.verdict,
        "stage": log.stage,
        "reasons": log.reasons,
        "categories": log.categories,
        "matches": log.matches,
        "pii": log.pii,
        "review_id": str(outcome.review_id) if outcome.review_id and outcome.is_stored else None,
        "policy_version": log.policy_version,
        "engine_version": log.engine_version,
        "processing_time": log.processing_seconds,
        "duplicate": outcome.is_duplicate,
        "degraded": log.degraded,
        **links_of(outcome, absolute),
    }


#: What bars an author; a strike comes as `warning`, which an advice does too.
BARRING = frozenset({"user_banned", "temp_ban", "perm_ban"})


def is_restricting(log: ModerationLog) -> bool:
    """Say whether an answer hides the content, or strikes or bans its author."""
    if not log.is_approved or log.action in BARRING:
        return True
    return log.action == "warning" and log.verdict in queries.policy_of(log.project).strike_verdicts


def links_of(outcome: Outcome, absolute: Callable[[str], str]) -> dict[str, str | None]:
    """Return the signed links of a restricting answer, else Nones.

    Whom an earlier ban shut out is told of that ban: the message itself was not the reason.
    """
    log, ban = outcome.log, outcome.ban
    if not outcome.is_stored or not is_restricting(log):
        return {"appeal_url": None, "statement_url": None}
    if log.action == "user_banned" and ban:
        token = token_for(Subject(SubjectKind.BAN, ban.pk), ban.issued_at)
    else:
        token = token_for(Subject(SubjectKind.CONTENT, log.pk), log.judged_at)
    return {
        "appeal_url": absolute(appeal_path(token)),
        "statement_url": absolute(statement_path(token)),
    }


def analysis_of(judgement: Judgement) -> dict[str, Any]:
    """Return the answer to an analysis."""
    found, verdict = judgement.classification, judgement.verdict
    return {
        "is_toxic": verdict.is_violation and _is_toxic(judgement),
        "toxicity_score": verdict.score,
        "severity": str(verdict.severity),
        "language": found.language,
        "detected_words": found.detected_words,
        "categories": [str(category) for category in found.categories],
        "detoxify_scores": found.detoxify_scores,
        "verdict": str(verdict.kind),
        "reasons": list(verdict.reasons),
        "matches": [match_row(match) for match in found.matches],
        "pii": [pii_row(pii) for pii in found.pii],
        "processing_time": round(judgement.took, 6),
    }


def _is_toxic(judgement: Judgement) -> bool:
    """Say whether something other than personal data and spam caused the verdict."""
    return any(reason not in NOT_TOXIC for reason in judgement.verdict.reasons)


def status_answer(author: Mapping[str, str], status: Mapping[str, Any]) -> dict[str, Any]:
    ban = status["ban"]
    return {
        "user_id": author["user_id"],
        "channel_id": author["channel_id"],
        "strike_count": status["strike_count"],
        "is_banned": ban is not None,
        "ban_type": ban.type if ban else None,
        "ban_expires_at": iso(ban.expires_at) if ban else None,
        "strikes_reset_at": iso(status["strikes_reset_at"]),
        "last_violation": iso(status["last_violation"]),
    }
