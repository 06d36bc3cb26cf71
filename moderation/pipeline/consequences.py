"""What follows from a verdict: strike, ban, review and events."""

from collections.abc import Mapping
from datetime import timedelta

from moderation.engine.verdict.author_record import AuthorRecord, is_flood, next_ban
from moderation.engine.verdict.policy import Policy
from moderation.engine.verdict.verdict import Stage, Verdict, VerdictKind
from moderation.events.event import Cause, Event
from moderation.events.outbox import publish
from moderation.models import Ban, ModerationLog
from moderation.pipeline.outcome import Review, Sanction
from moderation.pipeline.payloads import (
    author_warned,
    message_blocked,
    moderation_update,
    rate_limited,
    user_activity,
)
from moderation.pipeline.review_port import review_port
from moderation.pipeline.writes import Writes
from moderation.queries.authors import Activity
from moderation.sanctions.bans import SYSTEM, ban_author
from moderation.sanctions.strikes import give_strike, may_ban


def enforce(
    log: ModerationLog, verdict: Verdict, record: AuthorRecord, policy: Policy, ban: Ban | None
) -> Sanction:
    """Give the strike and the ban that the policy calls for; ban: the author's active ban."""
    if not log.is_approved:
        # Published before any ban: who listens hears of the message first (docs/events.md).
        publish(message_blocked(log), now=log.judged_at)
    if record.is_banned or not verdict.is_violation:
        return Sanction(earlier_ban=ban, strike_count=record.active_strikes)
    strike, new_ban, now = None, None, log.judged_at
    if verdict.may_strike and verdict.kind in policy.strike_verdicts:
        strike, new_ban = give_strike(log, policy, Cause(by=SYSTEM), now=now)
    flood = is_flood(record, verdict, policy)
    if flood and new_ban is None and may_ban(policy):
        cause, author = Cause(by=SYSTEM, reason="flood"), log.author.in_scope(policy)
        length = timedelta(hours=policy.temp_ban_hours)
        new_ban = ban_author(author, cause, length=length, now=now, log=log)
    strikes = record.active_strikes + (strike is not None)
    held_ban = None
    if strike and policy.ban_requires_review and (held_ban := next_ban(strikes, policy)):
        log.stage = Stage.HUMAN_REVIEW
    return Sanction(
        strike=strike, ban=new_ban, is_flood=flood, held_ban=held_ban, strike_count=strikes
    )


def open_review(
    log: ModerationLog, verdict: Verdict, sanction: Sanction, policy: Policy, writes: Writes
) -> Review:
    """Open or join the message's review; withdraw it if an edit made it unnecessary."""
    is_wanted = (
        verdict.kind in policy.review_verdicts
        or (verdict.kind is VerdictKind.BLOCK and policy.queue_blocks)
        # A ban or an edit of rejected content waits for a person.
        or log.stage == Stage.HUMAN_REVIEW
    )
    if is_wanted and sanction.earlier_ban is None:
        return Review(*review_port().open_item(log, log.judged_at, writes))
    if log._state.adding:
        return Review()
    event = review_port().withdraw_item(log, log.judged_at)
    return Review(review_port().current_review_id(log), event)


def events_of(
    log: ModerationLog,
    sanction: Sanction,
    review: Review,
    policy: Policy,
    counts: Mapping[str, int],
    activity: Activity | None,
) -> list[Event]:
    """Return the events of a check, once its log is stored.

    counts: its counter changes; activity: the author's figures after a violation.
    """
    now = log.judged_at
    events = [moderation_update(log, review_id=review.id, tally=counts)]
    if review.event:
        events.append(review.event)
    if sanction.is_flood:
        events.append(rate_limited(log, policy.flood, is_banned=sanction.ban is not None))
    if activity:
        events.append(user_activity(log, now, activity))
    if log.action == "warning":
        events.append(author_warned(log))
    return events
