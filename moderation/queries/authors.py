"""Reads about one author: bans, strikes, violations, what they sent before."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet

from moderation.engine.policy import Policy
from moderation.engine.standing import Standing
from moderation.models import Ban, ModerationLog, Project, Strike
from moderation.models.sanctions import WHOLE_PROJECT
from moderation.queries.counting import PreparedCounts

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


# A check asks these of every message.
_AUTHOR = {"project": int, "user_id": str}
_messages = PreparedCounts(
    lambda of: [ModerationLog.objects.filter(project=of.project, message_id=of.message_id)],
    project=int,
    message_id=str,
)
_copies = PreparedCounts(
    lambda of: [
        _logs_of(of)
        .filter(content_hash=of.content_hash, judged_at__gt=of.since)
        .exclude(message_id=of.but)
    ],
    **_AUTHOR,
    content_hash=str,
    since=datetime,
    but=str,
)
_bans = PreparedCounts(
    lambda of: [
        Ban.objects.of_author(of.project, of.user_id).reaching(of.channel_id).active(of.now)
    ],
    **_AUTHOR,
    channel_id=str,
    now=datetime,
)
_strikes = PreparedCounts(lambda of: [_strikes_of(of)], **_AUTHOR, scope=str, now=datetime)


def _history_counts(of: SimpleNamespace, scope: str) -> list[QuerySet[Any]]:
    violations = _violations_of(of, scope)
    return [
        _strikes_of(of),
        violations.filter(judged_at__gt=of.day),
        violations.filter(judged_at__gt=of.burst),
    ]


_HISTORY = {
    **_AUTHOR,
    **dict.fromkeys(("scope", "but"), str),
    **dict.fromkeys(("now", "day", "burst"), datetime),
}
#: Active strikes, violations of the day, of the burst. The SQL differs by where sanctions count.
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


def active_ban(project: Project, user_id: str, channel_id: str, now: datetime) -> Ban | None:
    """Return the ban that holds for the author in the channel; the project-wide one first."""
    if not _bans(project=project.pk, user_id=user_id, channel_id=channel_id, now=now)[0]:
        return None
    bans = Ban.objects.of_author(project, user_id).reaching(channel_id).active(now)
    return bans.order_by("channel_id").first()


def count_active_strikes(
    project: Project, user_id: str, channel_id: str, policy: Policy, now: datetime
) -> int:
    scope = scope_of(channel_id, policy)
    return _strikes(project=project.pk, user_id=user_id, scope=scope, now=now)[0]


def has_message(project: Project, message_id: str) -> bool:
    """Say whether a log of this message is stored."""
    return _messages(project=project.pk, message_id=message_id)[0] > 0


def times_sent(
    project: Project, user_id: str, content_hash: str, *, but: str, now: datetime
) -> int:
    """Count how often the author sent this text in the last minute in other messages than `but`."""
    since = now - timedelta(seconds=DUPLICATE_SECONDS)
    return _copies(
        project=project.pk, user_id=user_id, content_hash=content_hash, since=since, but=but
    )[0]


def standing_of(
    log_key: tuple[Project, str, str], policy: Policy, *, but: str, now: datetime
) -> Standing:
    """Return the author's history before the message `but`, for `in_light_of`.

    log_key: project, author and channel. The caller holds the author's lock, so the numbers hold
    until it commits.
    """
    project, user_id, channel_id = log_key
    scope = scope_of(channel_id, policy)
    day = now - timedelta(hours=policy.repeat_offender.hours)
    burst = now - timedelta(seconds=policy.flood.seconds)
    history = _history_in_project if scope == WHOLE_PROJECT else _history_in_channel
    strikes, recent, in_burst = history(
        project=project.pk, user_id=user_id, scope=scope, but=but, now=now, day=day, burst=burst
    )
    return Standing(active_strikes=strikes, recent_violations=recent, burst_violations=in_burst)


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
