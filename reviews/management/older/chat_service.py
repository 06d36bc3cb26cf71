"""The moderation service (FastAPI, MongoDB): words, violations, strikes and bans.

Who added a word or lifted a ban is dropped: that service stored the admin key itself there.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from reviews.management.older.records import (
    Message,
    PastBan,
    PastStrike,
    Record,
    Skipped,
    Word,
    refuse_part,
    translated,
)
from reviews.management.older.source import (
    LeftOut,
    Row,
    Source,
    flag_in,
    moment_in,
    needed_in,
    needed_moment,
    number_in,
    object_in,
    text_in,
)

NAME = "moderation service"
TABLES = ("blacklist_words", "violations", "user_strikes", "bans")
STRIKE_LIFE = timedelta(days=30)
#: More than its ladder counts.
MOST_STRIKES = 20
SEVERITIES = ("low", "medium", "high")
ACTIONS = ("warning", "temp_ban", "perm_ban")

#: (author, channel) → their newest violations: time, and the message's id.
Newest = dict[tuple[str, str], list[tuple[datetime, str]]]


def read(source: Source, only: str) -> Iterator[Record]:
    refuse_part(only, NAME)
    newest: Newest = defaultdict(list)
    yield from translated(source, "blacklist_words", "words", words)
    yield from translated(source, "violations", "messages", partial(messages, newest=newest))
    yield from translated(source, "user_strikes", "strikes", partial(strikes, newest=newest))
    yield from translated(source, "bans", "bans", bans)


def words(row: Row) -> Iterator[Record]:
    if not flag_in(row, "is_active", default=True):
        yield Skipped("words", "not active")
        return
    yield Word(
        {
            "word": text_in(row, "word"),
            "language": text_in(row, "language", "*"),
            "category": text_in(row, "category"),
            "severity": text_in(row, "severity"),
            "is_regex": flag_in(row, "is_regex"),
            "notes": text_in(row, "notes"),
        }
    )


def messages(row: Row, newest: Newest) -> Iterator[Record]:
    """Yield a violation; its text was never stored, only its SHA-256."""
    severity = text_in(row, "severity", "low")
    if severity not in SEVERITIES:
        raise LeftOut("has an unknown severity")
    message = Message(
        message_id=needed_in(row, "message_id"),
        user_id=needed_in(row, "user_id"),
        channel_id=needed_in(row, "channel_id"),
        at=needed_moment(row, "timestamp"),
        content_hash=text_in(row, "message_content_hash")[:64],
        verdict="block" if severity == "high" else "flag",
        severity=severity,
        score=number_in(row, "toxicity_score"),
        is_approved=False,
        reasons=["toxicity"],
        words=[str(word) for word in object_in(row, "detected_words") or ()],
        metadata=object_in(row, "metadata"),
        # It stored `message_blocked` for every action.
        action=action if (action := text_in(row, "action_taken")) in ACTIONS else "blocked",
    )
    latest = newest[message.user_id, message.channel_id]
    heapq.heappush(latest, (message.at, message.message_id))
    if len(latest) > MOST_STRIKES:
        heapq.heappop(latest)
    yield message


def strikes(row: Row, newest: Newest) -> Iterator[Record]:
    """Yield the strikes that count, with the newest violations as their causes.

    Yield a ban too if the row has one: `bans` has the same ban, or lacks it.
    """
    user_id, channel_id = needed_in(row, "user_id"), needed_in(row, "channel_id")
    last = moment_in(row, "last_violation") or needed_moment(row, "updated_at")
    end = moment_in(row, "strikes_reset_at") or last + STRIKE_LIFE
    causes = sorted(newest.get((user_id, channel_id), ()), reverse=True)
    for number in range(min(int(number_in(row, "strike_count")), MOST_STRIKES)):
        at, message_id = causes[number] if number < len(causes) else (last, "")
        yield PastStrike(user_id, channel_id, min(at, end), end, number, message_id)
    if flag_in(row, "is_banned"):
        is_permanent = text_in(row, "ban_type") == "permanent"
        expires_at = None if is_permanent else needed_moment(row, "ban_expires_at")
        yield PastBan(user_id, channel_id, last, "strikes", expires_at=expires_at, is_summary=True)


def bans(row: Row) -> Iterator[Record]:
    is_permanent = text_in(row, "ban_type") == "permanent"
    until = moment_in(row, "banned_until")
    if not is_permanent and until is None:
        raise LeftOut("is temporary and has no banned_until")
    lifted = moment_in(row, "unbanned_at")
    if not flag_in(row, "is_active", default=True) and lifted is None:
        lifted = until or needed_moment(row, "banned_at")
    yield PastBan(
        user_id=needed_in(row, "user_id"),
        channel_id=needed_in(row, "channel_id"),
        issued_at=needed_moment(row, "banned_at"),
        reason=text_in(row, "reason", "not stated")[:1000],
        expires_at=None if is_permanent else until,
        lifted_at=lifted,
        lift_reason=text_in(row, "unban_reason")[:1000],
    )
