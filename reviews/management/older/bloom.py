"""Bloom's examples (SQLAlchemy): the log of messages, and actions against players.

Strikes, trusted users and forbidden phrases are only in that service's memory.
"""

from collections.abc import Iterator

from reviews.management.older.records import (
    DEFAULT_CHANNEL,
    Message,
    PastBan,
    Record,
    Review,
    Skipped,
    refuse_part,
    translated,
)
from reviews.management.older.source import (
    Row,
    Source,
    flag_in,
    needed_in,
    needed_moment,
    number_in,
    object_in,
    text_in,
)

NAME = "Bloom"
TABLES = ("moderation_logs", "moderation_actions")
#: Its categories (docs/moving-from-bloom.md, "What differs") in our words.
CATEGORIES = {
    "S": "sexual", "S3": "sexual", "H": "hate_speech", "H2": "hate_speech", "HR": "harassment",
    "V": "threat", "V2": "threat", "SH": "self_harm",
}  # fmt: skip
#: Action → verdict and severity, as our endpoint for its clients has it the other way round.
VERDICTS = {"WARNING": ("warn", "low"), "KICK": ("block", "medium"), "BAN": ("block", "high")}
FLAGGED = ("flag", "medium")
NO_ERROR = "OK"


def read(source: Source, only: str) -> Iterator[Record]:
    refuse_part(only, NAME)
    yield from translated(source, "moderation_logs", "messages", messages)
    yield from translated(source, "moderation_actions", "bans", bans)


def messages(row: Row) -> Iterator[Record]:
    action = text_in(row, "action_taken").rpartition(".")[2].upper()
    is_flagged = flag_in(row, "flagged")
    verdict, severity = VERDICTS.get(action, FLAGGED if is_flagged else ("allow", "none"))
    if action == "WARNING" and is_flagged:
        verdict, severity = FLAGGED
    scores = object_in(row, "categories_scores")
    code = text_in(row, "content_category", NO_ERROR)
    reasons = [CATEGORIES[code]] if code in CATEGORIES else []
    if flag_in(row, "pii_detected"):
        reasons.append("personal_info")
    yield Message(
        message_id=needed_in(row, "message_id"),
        user_id=needed_in(row, "user_id"),
        channel_id=DEFAULT_CHANNEL,
        at=needed_moment(row, "created_at"),
        content=text_in(row, "content"),
        verdict=verdict,
        severity=severity,
        score=score_of(scores, verdict),
        is_approved=not action,
        reasons=reasons or (["other"] if verdict != "allow" else []),
        review=review_of(row, is_flagged=is_flagged),
    )


def score_of(scores: object, verdict: str) -> float:
    """Return the highest score of a category other than OK, if the verdict is not allow."""
    found = scores.items() if isinstance(scores, dict) and verdict != "allow" else ()
    numbers = [number_in({"score": score}, "score") for name, score in found if name != NO_ERROR]
    return max(numbers, default=0.0)


def review_of(row: Row, *, is_flagged: bool) -> Review | None:
    if flag_in(row, "manual_review"):
        return Review(
            ruling="approve" if flag_in(row, "manual_review_approved") else "reject",
            by=text_in(row, "reviewed_by", "moderator"),
            at=needed_moment(row, "reviewed_at" if row.get("reviewed_at") else "created_at"),
            note=text_in(row, "manual_review_notes"),
        )
    return Review() if is_flagged else None


def bans(row: Row) -> Iterator[Record]:
    """Yield a ban that was carried out; warnings and kicks were over at once."""
    if text_in(row, "action").lower() != "ban":
        yield Skipped("bans", "warnings and kicks, which last no time")
    elif not flag_in(row, "success", default=True) or not flag_in(row, "applied", default=True):
        yield Skipped("bans", "never carried out")
    else:
        yield PastBan(
            user_id=needed_in(row, "player_id"),
            channel_id="",
            issued_at=needed_moment(row, "created_at"),
            reason=text_in(row, "reason", "not stated")[:1000],
            issued_by="" if text_in(row, "performed_by") == "ai" else "moderator",
        )
