"""What is known about an author when a message arrives."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet

from moderation.engine.verdict.author_record import AuthorRecord
from moderation.engine.verdict.policy import Policy
from moderation.lib.prepared_sql import PreparedCounts
from moderation.models import Ban, ModerationLog
from moderation.models.author import WHOLE_PROJECT
from moderation.pipeline.submission import Submission
from moderation.queries.authors import AUTHOR, logs_of, strikes_of

#: docs/engine.md, "Spam": the same text three times in 60 s.
DUPLICATE_SECONDS = 60


def _history_counts(args: SimpleNamespace, scope: str) -> list[QuerySet[Any]]:
    logs = ModerationLog.objects.filter(project=args.project, judged_at__lte=args.now)
    violations = logs.violations_of(args.user_id, scope).exclude(message_id=args.exclude)
    copies = logs_of(args).filter(copy_hash=args.copy_hash, judged_at__gt=args.minute)
    return [
        ModerationLog.objects.filter(project=args.project, message_id=args.exclude),
        copies.exclude(message_id=args.exclude),
        Ban.objects.of_author(args.project, args.user_id)
        .reaching(args.channel_id)
        .active(args.now),
        strikes_of(args),
        violations.filter(judged_at__gt=args.day),
        violations.filter(judged_at__gt=args.burst),
    ]


_HISTORY = {
    **AUTHOR,
    **dict.fromkeys(("channel_id", "scope", "exclude", "copy_hash"), str),
    **dict.fromkeys(("now", "minute", "day", "burst"), datetime),
}
#: The numbers of `History`, in its order. The SQL differs by where sanctions count.
_history_in_channel = PreparedCounts(lambda args: _history_counts(args, args.scope), **_HISTORY)
_history_in_project = PreparedCounts(lambda args: _history_counts(args, WHOLE_PROJECT), **_HISTORY)


#: The fields of an author's record that a log stores for a replay.
RECORD_FIELDS = tuple(each.name for each in fields(AuthorRecord))


@dataclass(frozen=True, slots=True)
class History:
    """What is stored about the author, without the current message, and whether that is stored."""

    #: Whether a message with this message_id is stored, whoever sent it.
    is_stored: bool
    #: How often the author sent this text, or a near-identical copy, in the last minute.
    copies: int
    is_banned: bool
    active_strikes: int = 0
    #: Violations in the policy's repeat-offender window and in its flood window.
    recent_violations: int = 0
    burst_violations: int = 0


def history_of(submission: Submission, policy: Policy, now: datetime) -> History:
    """Return everything that a check needs to know about the past, with one SQL statement.

    It is reliable only while the caller holds the author's lock.
    """
    (history,) = histories_of([submission], [policy], now)
    return history


def histories_of(
    submissions: Sequence[Submission], policies: Sequence[Policy], now: datetime
) -> list[History]:
    """Return the histories of several messages: one SQL statement for all that count alike."""
    histories: dict[int, History] = {}
    asked = [_asked(one, policy, now) for one, policy in zip(submissions, policies, strict=True)]
    for counts, is_of_project in ((_history_in_project, True), (_history_in_channel, False)):
        numbers = [
            n for n, row in enumerate(asked) if (row["scope"] == WHOLE_PROJECT) is is_of_project
        ]
        found = counts.of_many([asked[number] for number in numbers])
        for number, figures in zip(numbers, found, strict=True):
            histories[number] = _history(submissions[number], *figures)
    return [histories[number] for number in range(len(submissions))]


def _asked(submission: Submission, policy: Policy, now: datetime) -> dict[str, Any]:
    return {
        "project": submission.project.pk,
        "user_id": submission.user_id,
        "channel_id": submission.channel_id,
        "scope": submission.author.in_scope(policy).channel_id,
        "exclude": submission.message_id,
        "copy_hash": submission.copy_hash,
        "now": now,
        "minute": now - timedelta(seconds=DUPLICATE_SECONDS),
        "day": now - timedelta(hours=policy.repeat_offender.hours),
        "burst": now - timedelta(seconds=policy.flood.seconds),
    }


def _history(
    submission: Submission, stored: int, copies: int, bans: int, *sanctions: int
) -> History:
    if submission.is_nameless:
        return History(stored > 0, 0, is_banned=False)
    return History(stored > 0, copies, bans > 0, *sanctions)


def author_record(history: History, ban: Ban | None, *, is_trusted: bool) -> AuthorRecord:
    """Return what the verdict depends on; ban: the author's active ban."""
    return AuthorRecord(
        is_banned=ban is not None,
        is_whitelisted=is_trusted,
        active_strikes=history.active_strikes,
        recent_violations=history.recent_violations,
        burst_violations=history.burst_violations,
    )
