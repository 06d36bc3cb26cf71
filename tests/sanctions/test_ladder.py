"""Strikes, the ladder of bans, flood and trusted authors (docs/strikes.md)."""

from datetime import timedelta

import pytest

from moderation import rules
from moderation.events.event import Cause
from moderation.models import Author, Ban, ModerationLog, OutboxEvent, Strike
from moderation.queries.authors import count_active_strikes
from moderation.rules.active import policy_of
from moderation.sanctions.bans import ban_author, ban_length
from reviews.models import ReviewItem
from tests.messages import BLOCKED, NOON, project, send, send_blocked, words

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def actions(logs):
    return [log.action for log in logs]


def events(type_):
    return list(OutboxEvent.objects.filter(type=type_).order_by("id"))


def banned(of, channel_id="general", type="permanent"):  # noqa: A002
    return ban_author(
        Author(of, "zed", channel_id),
        Cause("noor", "by hand"),
        length=ban_length(type, 1),
        now=NOON,
    )


def test_the_third_strike_bans_for_24_hours(arena):
    assert actions(send_blocked(arena, 3)) == ["warning", "warning", "temp_ban"]
    ban = Ban.objects.get()
    assert (ban.type, ban.expires_at - ban.issued_at) == ("temporary", 24 * HOUR)


def test_a_banned_author_gets_no_strike_and_no_violation(arena):
    logs = send_blocked(arena, 5)
    assert actions(logs)[3:] == ["user_banned", "user_banned"]
    assert (Strike.objects.count(), ModerationLog.objects.filter(is_violation=True).count()) == (
        3,
        3,
    )
    assert [(log.status, log.is_approved) for log in logs[3:]] == [("rejected", False)] * 2


def test_what_a_banned_author_writes_is_judged_and_rejected(arena):
    banned(arena)
    log = send(arena, "Hello world").log
    assert (log.verdict, log.status, log.action) == ("allow", "rejected", "user_banned")
    assert log.is_approved is False


def test_a_banned_authors_flag_opens_no_review(arena):
    banned(arena)
    outcome = send(arena, "flagword")
    assert (outcome.review_id, outcome.log.status) == (None, "rejected")


def test_a_ban_whose_end_is_past_no_longer_holds_though_unswept(arena):
    send_blocked(arena, 3)
    outcome = send(arena, "Hello world", after=25 * HOUR)
    assert (outcome.log.action, outcome.ban) == ("approved", None)
    assert Ban.objects.get().lifted_at is None


def test_the_fourth_strike_bans_again_and_the_fifth_for_ever(arena):
    send_blocked(arena, 3)
    fourth = send(arena, BLOCKED, after=25 * HOUR)
    fifth = send(arena, BLOCKED, after=50 * HOUR)
    assert (fourth.log.action, fourth.log.strike_count) == ("temp_ban", 4)
    assert (fifth.log.action, fifth.log.strike_count) == ("perm_ban", 5)
    assert (fifth.ban.type, fifth.ban.expires_at) == ("permanent", None)


def test_an_unswept_ban_that_another_replaces_is_told_as_expired(arena):
    send_blocked(arena, 3)
    send(arena, BLOCKED, after=25 * HOUR)
    unbanned = events("moderation.user_unbanned")
    assert [(event.data["unbanned_by"], event.data["reason"]) for event in unbanned] == [
        ("system", "expired")
    ]
    assert len(events("moderation.user_banned")) == 2


def test_strikes_expire_after_thirty_days(arena):
    send_blocked(arena, 2)
    log = send(arena, BLOCKED, after=timedelta(days=31)).log
    assert (log.action, log.strike_count) == ("warning", 1)


def test_the_sixth_violation_in_a_minute_is_a_flood(arena):
    logs = [send(arena, f"warnword {n}", after=n * SECOND).log for n in range(6)]
    assert ["flood" in log.reasons for log in logs] == [False] * 5 + [True]
    ban = Ban.objects.get()
    assert (logs[5].action, ban.type, ban.reason) == ("temp_ban", "temporary", "flood")


def test_a_flood_is_published_once(arena):
    for number in range(8):
        send(arena, f"warnword {number}", after=number * SECOND)
    assert [event.data["count"] for event in events("rate_limited")] == [6]
    assert events("rate_limited")[0].data["window_seconds"] == 60


def test_a_flood_bans_where_no_strikes_are_given():
    arena = project(strike_verdicts=[])
    words(arena)
    logs = [send(arena, f"warnword {n}", after=n * SECOND).log for n in range(6)]
    assert (actions(logs)[5], Ban.objects.get().reason) == ("temp_ban", "flood")


def test_six_violations_in_more_than_a_minute_are_no_flood(arena):
    logs = [send(arena, f"warnword {n}", after=13 * n * SECOND).log for n in range(6)]
    assert "flood" not in logs[5].reasons


def test_advisory_never_bans():
    arena = project(preset="advisory")
    words(arena)
    logs = [send(arena, f"blockword {n}", after=n * SECOND).log for n in range(8)]
    assert set(actions(logs)) == {"blocked"}
    assert (Ban.objects.count(), Strike.objects.count()) == (0, 0)
    assert "flood" in logs[5].reasons


def test_a_ban_that_needs_review_waits_for_a_person():
    arena = project(ban_requires_review=True)
    logs = send_blocked(arena, 3)
    assert (actions(logs)[2], Ban.objects.count()) == ("warning", 0)
    assert ReviewItem.objects.get().log_id == logs[2].pk


def test_without_auto_ban_the_ladder_gives_strikes_only():
    assert actions(send_blocked(project(auto_ban=False), 6)) == ["warning"] * 6
    assert Ban.objects.count() == 0


def test_strikes_count_per_channel(arena):
    send_blocked(arena, 2)
    log = send(arena, BLOCKED, after=HOUR, channel_id="other").log
    assert (log.action, log.strike_count) == ("warning", 1)


def test_a_ban_holds_in_its_channel_only(arena):
    banned(arena)
    assert send(arena, channel_id="other").log.action == "approved"


def test_with_project_scope_strikes_and_bans_reach_every_channel():
    arena = project(ban_scope="project")
    logs = [send(arena, BLOCKED, after=n * HOUR, channel_id=f"c{n}").log for n in range(4)]
    assert actions(logs) == ["warning", "warning", "temp_ban", "user_banned"]


def test_with_project_scope_repeat_offence_counts_over_channels():
    arena = project(ban_scope="project")
    words(arena)
    logs = [send(arena, f"warnword {n}", after=n * HOUR, channel_id=f"c{n}").log for n in range(4)]
    assert "repeat_offender" in logs[3].reasons


def test_a_project_wide_ban_holds_in_every_channel(arena):
    banned(arena, channel_id="")
    assert send(arena, channel_id="anywhere").log.action == "user_banned"


def test_a_whitelisted_author_is_allowed(arena):
    rules.trust_author(arena, "noor", "zed")
    log = send(arena, BLOCKED).log
    assert (log.verdict, log.reasons, log.action) == ("allow", ["whitelisted_user"], "approved")
    assert (log.severity, log.is_violation) == ("none", False)


def test_a_whitelisted_author_sends_even_a_social_number(arena):
    rules.trust_author(arena, "noor", "zed")
    assert send(arena, "My number is 536-90-4399").log.verdict == "allow"


def test_a_ban_of_a_whitelisted_author_still_holds(arena):
    rules.trust_author(arena, "noor", "zed")
    banned(arena)
    log = send(arena, "Hello world").log
    assert (log.action, log.status) == ("user_banned", "rejected")


def test_violations_of_a_banned_author_do_not_count_as_repetition(arena):
    send_blocked(arena, 3)
    for number in range(3):
        send(arena, f"warnword {number}", after=2 * HOUR)
    log = send(arena, "warnword", after=26 * HOUR + timedelta(minutes=10)).log
    assert (log.verdict, log.reasons) == ("warn", ["profanity"])


def test_one_ban_row_and_one_event_for_each_ban(arena):
    send_blocked(arena, 5)
    assert (Ban.objects.count(), len(events("moderation.user_banned"))) == (1, 1)


def test_active_strikes_are_read_as_they_count(arena):
    send_blocked(arena, 2)
    assert count_active_strikes(Author(arena, "zed", "general"), policy_of(arena), NOON + HOUR) == 2


def test_the_block_is_told_before_the_ban_that_it_brings(arena):
    send_blocked(arena, 3)
    types = OutboxEvent.objects.filter(audience="outside").order_by("id")
    assert list(types.values_list("type", flat=True))[-2:] == [
        "moderation.message_blocked",
        "moderation.user_banned",
    ]


@pytest.mark.parametrize("type_", ["moderation.message_blocked", "moderation.warning"])
def test_a_strike_is_published_to_external_sinks(arena, type_):
    send_blocked(arena, 1)
    assert [event.data["user_id"] for event in events(type_)] == ["zed"]
