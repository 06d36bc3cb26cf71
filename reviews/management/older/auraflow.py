"""AuraFlow's smart moderation: its agent's log, the moderators' log, blocked users, counters."""

from collections.abc import Iterator
from functools import partial

from moderation.lib.errors import Invalid
from reviews.management.older.records import (
    DEFAULT_CHANNEL,
    Message,
    Note,
    PastBan,
    Record,
    Review,
    Skipped,
    Translate,
    translated,
)
from reviews.management.older.source import (
    LeftOut,
    Row,
    Source,
    moment_in,
    needed_in,
    needed_moment,
    number_in,
    object_in,
    text_in,
)

NAME = "AuraFlow"
TABLES = (
    "ai_agent_logs", "moderation_logs", "blocked_users", "community_members",
)  # fmt: skip
#: Its names for our reasons, where they differ.
REASONS = {"personal_information_detected": "personal_info", "personal_info": "personal_info",
           "threats": "threat", "threats_detected": "threat", "toxic": "toxicity"}  # fmt: skip
VERDICTS = {"allow": "none", "warn": "low", "flag": "medium", "block": "high"}
SEVERITIES = {"critical": "high", "high": "high", "medium": "medium", "low": "low", "none": "none"}
#: What a moderator's row says was done → verdict, and the decision, if it was one.
TAKEN = {
    "none": ("allow", "approve"), "flagged": ("flag", ""), "warned": ("warn", "approve"),
    "deleted": ("block", "reject"), "banned": ("block", "reject"),
}  # fmt: skip


def read(source: Source, only: str) -> Iterator[Record]:
    """Yield everything, or what belongs to one community.

    Raises Invalid if there are several communities and none was named.
    """
    channels = channels_of(source, chosen_community(source, only))
    of = partial(of_community, only=only, channels=channels)
    yield from translated(source, "ai_agent_logs", "messages", lambda row: of(row, checks))
    yield from translated(source, "moderation_logs", "messages", lambda row: of(row, rulings))
    yield from translated(source, "blocked_users", "bans", lambda row: of(row, bans))
    yield from translated(source, "community_members", "notes", lambda row: of(row, notes))


def chosen_community(source: Source, only: str) -> str:
    found = {
        text_in(row, "community_id")
        for table in ("blocked_users", "community_members", "channels")
        if table in source.names()
        for row in source.rows(table)
    } - {""}
    if only and only not in found:
        raise Invalid("only", f"must be one of the communities {', '.join(sorted(found))}")
    if not only and len(found) > 1:
        raise Invalid(
            "only",
            "there are several communities, and a project is for one: name one of "
            f"{', '.join(sorted(found))}",
        )
    return only


def channels_of(source: Source, community: str) -> set[str] | None:
    """Return the community's channels; None if they are not known or all belong to it."""
    if not community or "channels" not in source.names():
        return None
    rows = source.rows("channels")
    return {text_in(row, "id") for row in rows if text_in(row, "community_id") == community}


def of_community(
    row: Row, translate: Translate, only: str, channels: set[str] | None
) -> Iterator[Record]:
    channel, community = text_in(row, "channel_id"), text_in(row, "community_id")
    if only and community not in ("", only):
        return
    if channels is not None and channel and channel not in channels:
        return
    yield from translate(row)


def checks(row: Row) -> Iterator[Record]:
    """Yield a message that the agent judged; it stored the first 500 characters."""
    if text_in(row, "action_type", "moderation") != "moderation":
        yield Skipped("messages", "of other agents")
        return
    result = object_in(row, "output_text")
    verdict = str(result.get("action", "")) if isinstance(result, dict) else ""
    if verdict not in VERDICTS:
        raise LeftOut("has no action in output_text")
    severity = SEVERITIES.get(str(result.get("severity")), VERDICTS[verdict])
    found = [str(reason) for reason in result.get("reasons") or ()]
    yield Message(
        message_id=text_in(row, "message_id") or f"auraflow-{needed_in(row, 'id')}",
        user_id=needed_in(row, "user_id"),
        channel_id=text_in(row, "channel_id", DEFAULT_CHANNEL),
        at=needed_moment(row, "created_at"),
        content=text_in(row, "input_text"),
        verdict=verdict,
        severity="none" if verdict == "allow" else severity,
        score=number_in(row, "confidence_score", number_in(result, "confidence")),
        is_approved=verdict != "block",
        reasons=[REASONS.get(reason, reason) for reason in found],
        moderator_type="rule",
        review=Review() if verdict == "flag" else None,
    )


def rulings(row: Row) -> Iterator[Record]:
    """Yield a message from the moderators' table."""
    taken = text_in(row, "action_taken", "none")
    if taken not in TAKEN:
        raise LeftOut("has an unknown action_taken")
    verdict, ruling = TAKEN[taken]
    flag_type, at = text_in(row, "flag_type", "clean"), needed_moment(row, "created_at")
    is_clean = flag_type == "clean" and taken == "none"
    yield Message(
        message_id=f"auraflow-log-{needed_in(row, 'id')}",
        user_id=needed_in(row, "user_id"),
        channel_id=text_in(row, "channel_id", DEFAULT_CHANNEL),
        at=at,
        content=text_in(row, "message_text"),
        verdict=verdict,
        severity="none" if is_clean else SEVERITIES.get(text_in(row, "severity"), "low"),
        score=number_in(row, "confidence"),
        is_approved=verdict != "block",
        reasons=[] if flag_type == "clean" else [REASONS.get(flag_type, flag_type)],
        moderator_type="rule",
        review=None if is_clean else Review(ruling, "moderator", at, text_in(row, "reason")),
    )


def bans(row: Row) -> Iterator[Record]:
    """Yield a block: it kept a person out of the whole community until somebody lifted it."""
    yield PastBan(
        user_id=needed_in(row, "user_id"),
        channel_id="",
        issued_at=needed_moment(row, "blocked_at"),
        reason="blocked in the community",
    )


def notes(row: Row) -> Iterator[Record]:
    """Yield a member's counter: it has no dates, so it cannot become strikes, which expire."""
    if count := int(number_in(row, "violation_count")):
        joined = moment_in(row, "joined_at") or moment_in(row, "created_at")
        text = f"AuraFlow counted {count} violation{'' if count == 1 else 's'}."
        yield Note(needed_in(row, "user_id"), text, joined)
