"""Reads about one author: bans, strikes, violations, what they sent before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet

from moderation.engine.policy import Policy
from moderation.ingest import Submission
from moderation.models import Ban, ModerationLog, Project, Strike
from moderation.models.sanctions import WHOLE_PROJECT
from moderation.statements import PreparedCounts

#: CONTRACT section 5: the same text three times in 60 s is spam.
DUPLICATE_SECONDS = 60
#: CONTRACT section 6, `user_activity`: the last messages that the risk looks at.
RISK_WINDOW = 20


def _logs_of(of: SimpleNamespace) -> QuerySet[ModerationLog]:
    return ModerationLog.objects.filter(project=of.project, user_id=of.user_id)


def _violations_of(of: SimpleNamespace, scope: str) -> QuerySet[ModerationLog]:
    logs = ModerationLog.objects.filter(project=of.project, judged_at__lte=of.now)
    return logs.violations_of(of.user_id, scope).exclude(message_id=of.but)


def _strikes_of(of: SimpleNamespace) -> QuerySet[Strike]:
    return Strike.objects.of_author(of.project, of.user_id, of.scope).active(of.now)


def _history_counts(of: SimpleNamespace, scope: str) -> list[QuerySet[Any]]:
    violations = _violations_of(of, scope)
    copies = _logs_of(of).filter(content_hash=of.content_hash, judged_at__gt=of.minute)
    return [
        ModerationLog.objects.filter(project=of.project, message_id=of.but),
        copies.exclude(message_id=of.but),
        Ban.objects.of_author(of.project, of.user_id).reaching(of.channel_id).active(of.now),
        _strikes_of(of),
        violations.filter(judged_at__gt=of.day),
        violations.filter(judged_at__gt=of.burst),
    ]


_AUTHOR = {"project": int, "user_id": str}
_HISTORY = {
    **_AUTHOR,
    **dict.fromkeys(("channel_id", "scope", "but", "content_hash"), str),
    **dict.fromkeys(("now", "minute", "day", "burst"), datetime),
}
#: The numbers of `History`, in its order. The SQL differs by where sanctions count.
_history_in_channel = PreparedCounts(lambda of: _history_counts(of, of.scope), **_HISTORY)
_history_in_project = PreparedCounts(lambda of: _history_counts(of, WHOLE_PROJECT), **_HISTORY)
#: Messages, approved messages, violations among the last ones, active strikes.
_activity = PreparedCounts(
    lambda of: [
        _logs_of(of),
        _logs_of(of).filter(is_approved=True),
        ModerationLog.objects.filter(
            pk__in=_logs_of(of).order_by("-judged_at").values("pk")[:RISK_WINDOW],
            is_violation=True,
        ),
        _strikes_of(of),
    ],
    **_AUTHOR,
    scope=str,
    now=datetime,
)


def scope_of(channel_id: str, policy: Policy) -> str:
    """Return where an author's strikes and bans count: the channel, or the whole project."""
    return WHOLE_PROJECT if policy.ban_scope == "project" else channel_id


@dataclass(frozen=True, slots=True)
class History:
    """What is stored of a message's author, the message itself left out, and of the message."""

    #: Whether a log of this message is stored, by whomever.
    is_stored: bool
    #: How often the author sent this text in the last minute.
    copies: int
    is_banned: bool
    active_strikes: int = 0
    #: Violations in the policy's repeat-offender window and in its flood window.
    recent_violations: int = 0
    burst_violations: int = 0


def history_of(submission: Submission, policy: Policy, now: datetime) -> History:
    """Return all that the check of a message asks about what was before, in one statement.

    It stays true for as long as the caller holds the author's lock; without, for a moment.
    """
    scope = scope_of(submission.channel_id, policy)
    counts = _history_in_project if scope == WHOLE_PROJECT else _history_in_channel
    stored, copies, bans, strikes, recent, burst = counts(
        project=submission.project.pk,
        user_id=submission.user_id,
        channel_id=submission.channel_id,
        scope=scope,
        but=submission.message_id,
        content_hash=submission.content_hash,
        now=now,
        minute=now - timedelta(seconds=DUPLICATE_SECONDS),
        day=now - timedelta(hours=policy.repeat_offender.hours),
        burst=now - timedelta(seconds=policy.flood.seconds),
    )
    if submission.is_nameless:
        return History(stored > 0, 0, is_banned=False)
    return History(stored > 0, copies, bans > 0, strikes, recent, burst)


def active_ban(project: Project, user_id: str, channel_id: str, now: datetime) -> Ban | None:
    """Return the ban that holds for the author in the channel; the project-wide one first."""
    bans = Ban.objects.of_author(project, user_id).reaching(channel_id).active(now)
    return bans.order_by("channel_id").first()


def count_active_strikes(
    project: Project, user_id: str, channel_id: str, policy: Policy, now: datetime
) -> int:
    scope = scope_of(channel_id, policy)
    return Strike.objects.of_author(project, user_id, scope).active(now).count()


def status_of(
    project: Project, user_id: str, channel_id: str, policy: Policy, now: datetime
) -> dict[str, Any]:
    """Return the author's status in a channel; an unknown author has zeros and Nones."""
    strikes = Strike.objects.of_author(project, user_id, scope_of(channel_id, policy)).active(now)
    ban = active_ban(project, user_id, channel_id, now)
    logs = ModerationLog.objects.filter(project=project)
    return {
        "strike_count": strikes.count(),
        "ban": ban,
        "strikes_reset_at": strikes.order_by("-expires_at")
        .values_list("expires_at", flat=True)
        .first(),
        "last_violation": logs.violations_of(user_id, channel_id)
        .order_by("-judged_at")
        .values_list("judged_at", flat=True)
        .first(),
    }


def activity_of(
    project: Project, user_id: str, channel_id: str, policy: Policy, now: datetime
) -> dict[str, Any]:
    """Return the author's figures for `user_activity`; risk_score is 0–10 (CONTRACT section 6)."""
    total, approved, violations, strikes = _activity(
        project=project.pk, user_id=user_id, scope=scope_of(channel_id, policy), now=now
    )
    approval = approved / total if total else 1.0
    share = violations / min(total, RISK_WINDOW) if total else 0.0
    risk = 10 * (0.5 * share + 0.3 * min(1, strikes / 3) + 0.2 * (1 - approval))
    return {
        "total_submissions": total,
        "recent_violations": violations,
        "approval_rate": round(100 * approval, 1),
        "risk_score": round(risk, 1),
    }
