"""The events that a log gives rise to, in the contract's shapes (CONTRACT sections 6 and 7)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moderation import events, queries
from moderation.engine.matches import Category
from moderation.engine.verdict import VerdictKind
from moderation.events import Event, iso
from moderation.models import ModerationLog, Project, Status
from moderation.statistics import RuleCount, category_metric, rule_metric, verdict_metric

PREVIEW_LENGTH = 100
MAX_META_BYTES = 2048
CATEGORIES = frozenset(Category)


def tally_of(log: ModerationLog) -> dict[str, int]:
    """Return what the counters count of a log: a message, its status, what engine and rules say.

    A verdict of allow, which most have, is not tallied: it is the total less the other verdicts.
    """
    tally = {"total": 1, log.status: 1, **dict.fromkeys(log.rule_hits, 1)}
    if log.verdict != VerdictKind.ALLOW:
        tally[verdict_metric(log.verdict)] = 1
        found = CATEGORIES.intersection(log.reasons)
        tally.update({category_metric(category): 1 for category in found})
    return tally


def tally_change(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """Return the counter changes that lead from one tally to another."""
    names = sorted({*before, *after})
    changes = {name: after.get(name, 0) - before.get(name, 0) for name in names}
    return {name: change for name, change in changes.items() if change}


def status_tally(before: str, after: str) -> dict[str, int]:
    """Return the counter changes of a ruling: the status changes, the engine's verdict stays."""
    return tally_change({before: 1}, {after: 1})


def ruling_tally(log: ModerationLog, change: int) -> dict[str, int]:
    """Return the counter changes of the rules that hit what a moderator approved or rejected.

    change: +1 for a ruling, -1 for one that is taken back while the log still has its status.
    """
    count = RuleCount.KEPT if log.status == Status.APPROVED else RuleCount.REMOVED
    return {rule_metric(count, metric.partition(":")[2]): change for metric in log.rule_hits}


def moderation_update(
    log: ModerationLog,
    *,
    review_id: UUID | None,
    tally: Mapping[str, int],
    cause: UUID | None = None,
    hold_until: datetime | None = None,
    now: datetime | None = None,
) -> Event:
    """Tell that content was checked or ruled on."""
    data = {
        "content_id": str(log.pk),
        "project_id": log.project.slug,
        "status": log.status,
        "content_type": "text",
        "content_preview": log.content[:PREVIEW_LENGTH],
        "meta_data": _shown_metadata(log),
        "results_count": len(log.matches) + len(log.pii),
        "processing_time": log.processing_seconds,
        "moderator_type": log.moderator_type,
        "moderator_name": log.moderator_name,
        "rule_name": log.rule_name,
        "verdict": log.verdict,
        "severity": log.severity,
        "reasons": log.reasons,
        "user_id": log.user_id,
        "channel_id": log.channel_id,
        "message_id": log.message_id,
        "review_id": str(review_id) if review_id else None,
        "timestamp": iso(now or log.judged_at),
    }
    return Event(
        log.project,
        events.MODERATION_UPDATE,
        data,
        tally=tally,
        cause=cause,
        hold_until=hold_until,
    )


def _shown_metadata(log: ModerationLog) -> dict[str, Any]:
    """Return the metadata that the policy lets into events, at most 2 KiB of it."""
    allowed = queries.policy_of(log.project).meta_data_in_events
    source = {"user_id": log.user_id, **log.metadata}
    shown = {name: source[name] for name in allowed if name in source}
    while shown and len(json.dumps(shown).encode()) > MAX_META_BYTES:
        shown.popitem()
    return shown


def user_activity(log: ModerationLog, triggered_by: str, now: datetime) -> Event:
    """Tell how an author stands after a violation or a decision."""
    policy = queries.policy_of(log.project)
    activity = queries.activity_of(log.project, log.user_id, log.channel_id, policy, now)
    data = {
        "user_id": log.user_id,
        "activity": activity,
        "triggered_by": triggered_by,
        "timestamp": iso(now),
    }
    return Event(log.project, events.USER_ACTIVITY, data)


def rate_limited(log: ModerationLog, count: int, window_seconds: int, now: datetime) -> Event:
    """Tell that an author was stopped for flooding."""
    data = {
        "user_id": log.user_id,
        "channel_id": log.channel_id,
        "count": count,
        "window_seconds": window_seconds,
        "timestamp": iso(now),
    }
    return Event(log.project, events.RATE_LIMITED, data)


def system_notification(
    project: Project, kind: str, message: str, *, persistent: bool, now: datetime
) -> Event:
    """Tell the staff something about the system; kind: info, warning, error or success."""
    data = {"type": kind, "message": message, "timestamp": iso(now), "persistent": persistent}
    return Event(project, events.SYSTEM_NOTIFICATION, data)


def outside_events(log: ModerationLog) -> list[Event]:
    """Tell brokers and webhooks what a check did to the message: refusal first, then warning."""
    told: list[Event] = []
    common = {
        "user_id": log.user_id,
        "channel_id": log.channel_id,
        "message_id": log.message_id,
        "project_id": log.project.slug,
    }
    if not log.is_approved:
        refusal = {"reason": ", ".join(log.reasons), "toxicity_score": log.score}
        told.append(Event(log.project, events.MESSAGE_BLOCKED, {**common, **refusal}))
    if log.action == "warning":
        warning = {"strike_count": log.strike_count, "severity": log.severity}
        told.append(Event(log.project, events.WARNING, {**common, **warning}))
    return told
