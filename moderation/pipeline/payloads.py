"""The events about a message, with the payloads that docs/realtime.md and docs/events.md show."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from moderation.engine.matches import Category
from moderation.engine.verdict.policy import Flood
from moderation.engine.verdict.verdict import VerdictKind
from moderation.events.counters import RuleCount, category_metric, rule_metric, verdict_metric
from moderation.events.event import (
    MESSAGE_BLOCKED,
    MODERATION_UPDATE,
    RATE_LIMITED,
    SYSTEM_NOTIFICATION,
    USER_ACTIVITY,
    WARNING,
    Cause,
    Event,
    iso,
)
from moderation.models import ModerationLog, Project, Status
from moderation.queries.authors import Activity, activity_of
from moderation.rules.active import policy_of

PREVIEW_LENGTH = 100
MAX_METADATA_BYTES = 2048
CATEGORIES = frozenset(Category)


def counts_of(log: ModerationLog) -> dict[str, int]:
    """Return what a log adds to the counters: 1 for its status, verdict, categories and rules.

    Most verdicts are `allow`, which is not counted: it is the total minus the other verdicts.
    """
    counts = {"total": 1, log.status: 1, **dict.fromkeys(log.rule_hits, 1)}
    if log.verdict != VerdictKind.ALLOW:
        counts[verdict_metric(log.verdict)] = 1
        categories = CATEGORIES.intersection(log.reasons)
        counts.update({category_metric(category): 1 for category in categories})
    return counts


def count_deltas(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """Return the counter changes that turn `before` into `after`."""
    names = sorted({*before, *after})
    changes = {name: after.get(name, 0) - before.get(name, 0) for name in names}
    return {name: change for name, change in changes.items() if change}


def status_deltas(before: str, after: str) -> dict[str, int]:
    """Return the counter changes of a decision: the status changes, the engine's verdict stays."""
    return count_deltas({before: 1}, {after: 1})


def decision_deltas(log: ModerationLog, change: int) -> dict[str, int]:
    """Return the counter changes of the rules that matched content that a moderator decided.

    change: +1 for a decision, -1 for its undo, before the log gets its earlier status back.
    """
    count = RuleCount.KEPT if log.status == Status.APPROVED else RuleCount.REMOVED
    return {rule_metric(count, metric.partition(":")[2]): change for metric in log.rule_hits}


def moderation_update(
    log: ModerationLog,
    *,
    review_id: UUID | None,
    tally: Mapping[str, int],
    cause: Cause | None = None,
    now: datetime | None = None,
    is_restored: bool = False,
) -> Event:
    """Return the event that content was checked or that a moderator decided on it.

    is_restored: whether the content was hidden before and may be shown again.
    """
    # The policy names the metadata that events may show.
    source = {"user_id": log.user_id, **log.metadata}
    allowed = policy_of(log.project).meta_data_in_events
    metadata = {name: source[name] for name in allowed if name in source}
    while metadata and len(json.dumps(metadata).encode()) > MAX_METADATA_BYTES:
        metadata.popitem()
    data = {
        "content_id": str(log.pk),
        "project_id": log.project.slug,
        "status": log.status,
        "content_type": log.content_type,
        "content_preview": log.content[:PREVIEW_LENGTH],
        "meta_data": metadata,
        # The verdict, which `/api/content/{id}` shows as the only result.
        "results_count": 1,
        "processing_time": log.processing_seconds,
        "moderator_type": log.moderator_type,
        "moderator_name": log.moderator_name,
        "rule_name": log.rule_name,
        "verdict": log.verdict,
        "severity": log.severity,
        "reasons": log.reasons,
        "user_id": log.user_id,
        "username": log.username,
        "channel_id": log.channel_id,
        "message_id": log.message_id,
        "review_id": str(review_id) if review_id else None,
        "restored": is_restored,
        "timestamp": iso(now or log.judged_at),
    }
    return Event(log.project, MODERATION_UPDATE, data, tally=tally, cause=cause)


def user_activity(log: ModerationLog, now: datetime, activity: Activity | None = None) -> Event:
    """Return the event with an author's figures after a violation by or a decision on this log.

    activity: the figures, if the caller has read them.
    """
    activity = activity or activity_of(log.author, policy_of(log.project), now)
    data = {
        "user_id": log.user_id,
        "activity": activity,
        "triggered_by": str(log.pk),
        "timestamp": iso(now),
    }
    return Event(log.project, USER_ACTIVITY, data)


def rate_limited(log: ModerationLog, flood: Flood, *, is_banned: bool) -> Event:
    """Return the event that an author was stopped for flooding, or would be if bans were on."""
    data = {
        "user_id": log.user_id,
        "channel_id": log.channel_id,
        "count": flood.violations + 1,
        "window_seconds": flood.seconds,
        "banned": is_banned,
        "timestamp": iso(log.judged_at),
    }
    return Event(log.project, RATE_LIMITED, data)


def system_notification(
    project: Project, kind: str, message: str, *, persistent: bool, now: datetime
) -> Event:
    """Return the event that tells staff about the system; kind: info, warning, error or success."""
    data = {"type": kind, "message": message, "timestamp": iso(now), "persistent": persistent}
    return Event(project, SYSTEM_NOTIFICATION, data)


def message_blocked(log: ModerationLog) -> Event:
    """Tell external sinks that a message may not be shown."""
    refusal = {"reason": ", ".join(log.reasons), "toxicity_score": log.score}
    return Event(log.project, MESSAGE_BLOCKED, {**_message_fields(log), **refusal})


def author_warned(log: ModerationLog) -> Event:
    """Tell external sinks that a check warned the author."""
    warning = {"strike_count": log.strike_count, "severity": log.severity}
    return Event(log.project, WARNING, {**_message_fields(log), **warning})


def _message_fields(log: ModerationLog) -> dict[str, str]:
    return {
        "user_id": log.user_id,
        "channel_id": log.channel_id,
        "message_id": log.message_id,
        "project_id": log.project.slug,
    }
