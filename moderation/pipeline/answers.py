"""The answers of the native API to checks, analyses and requests for a status."""

from collections.abc import Callable
from typing import TypedDict

from moderation.events.event import iso
from moderation.lib.redis_health import redis_health
from moderation.lib.signed_links import Subject, SubjectKind, appeal_path, statement_path, token_for
from moderation.models import Author, ModerationLog
from moderation.pipeline.excerpts import match_row, pii_row
from moderation.pipeline.outcome import Judgement, Outcome
from moderation.pipeline.shapes import AnalysisAnswer, CheckAnswer, StatusAnswer
from moderation.queries.authors import ChannelStatus
from moderation.rules.active import policy_of
from moderation.sanctions.payloads import ban_info


def answer_of(outcome: Outcome, absolute: Callable[[str], str] = str) -> CheckAnswer:
    """Return the answer to a check.

    absolute: turns a path into a full URL; without it links are paths.
    """
    log, links = outcome.log, links_of(outcome, absolute)
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
        "degraded": [*log.degraded, *lost_services()],
        "appeal_url": links["appeal_url"],
        "statement_url": links["statement_url"],
    }


def lost_services() -> list[str]:
    """Return the services that are away now; a check goes on without them."""
    return ["redis"] if redis_health.is_away() else []


#: Actions of a ban. A strike's action is `warning`, which a mere warning has too.
BARRING = frozenset({"user_banned", "muted", "temp_ban", "perm_ban"})


def is_restricting(log: ModerationLog) -> bool:
    """Say whether an answer hides the content, or gives its author a strike or a ban."""
    if not log.is_approved or log.action in BARRING:
        return True
    return log.action == "warning" and log.verdict in policy_of(log.project).strike_verdicts


class Links(TypedDict):
    """The signed links of a restricting answer, else Nones."""

    appeal_url: str | None
    statement_url: str | None


def links_of(outcome: Outcome, absolute: Callable[[str], str]) -> Links:
    """Return an answer's links: to the ban if an earlier ban caused the refusal."""
    log, ban = outcome.log, outcome.ban
    if not outcome.is_stored or not is_restricting(log):
        return {"appeal_url": None, "statement_url": None}
    if log.action in {"user_banned", "muted"} and ban:
        token = token_for(Subject(SubjectKind.BAN, ban.pk), ban.issued_at)
    else:
        token = token_for(Subject(SubjectKind.CONTENT, log.pk), log.judged_at)
    return {
        "appeal_url": absolute(appeal_path(token)),
        "statement_url": absolute(statement_path(token)),
    }


def analysis_of(judgement: Judgement) -> AnalysisAnswer:
    """Return the answer to an analysis."""
    finding, verdict = judgement.classification, judgement.verdict
    return {
        "is_toxic": verdict.is_toxic,
        "toxicity_score": verdict.score,
        "severity": str(verdict.severity),
        "language": finding.language,
        "detected_words": finding.detected_words,
        "categories": [str(category) for category in finding.categories],
        "detoxify_scores": finding.detoxify_scores,
        "verdict": str(verdict.kind),
        "reasons": list(verdict.reasons),
        "matches": [match_row(match) for match in finding.matches],
        "pii": [pii_row(pii) for pii in finding.pii],
        "processing_time": round(judgement.took, 6),
    }


def status_answer(author: Author, status: ChannelStatus) -> StatusAnswer:
    ban = None if status.ban and status.ban.is_mute else status.ban
    mute = status.ban if status.ban and status.ban.is_mute else None
    return {
        "user_id": author.user_id,
        "channel_id": author.channel_id,
        "strike_count": status.strike_count,
        "is_banned": ban is not None,
        "ban_type": ban.type if ban else None,
        "ban_expires_at": iso(ban.expires_at) if ban else None,
        "is_muted": mute is not None,
        "muted_until": iso(mute.expires_at) if mute else None,
        "strikes_reset_at": iso(status.strikes_reset_at),
        "last_violation": iso(status.last_violation),
    }
