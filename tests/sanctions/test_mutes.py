"""Mutes: short pauses that staff give; they refuse messages and end like bans."""

from datetime import timedelta

import pytest

from moderation.lib.errors import AlreadyExists, Conflict, Invalid, NotFound
from moderation.models import AuditEntry, Author, Ban, OutboxEvent, Strike
from moderation.queries.authors import active_ban
from moderation.sanctions.bans import expire_sanctions
from moderation.sanctions.by_staff import banned_at, issue_ban, issue_mute, revoke_ban
from tests.messages import BLOCKED, NOON, send

BY = {"actor": "noor", "now": NOON}
TEN = timedelta(minutes=10)


def mute(arena, channel="general", **changed):
    given = {"minutes": 10, "reason": "calm down", **BY, **changed}
    return issue_mute(Author(arena, "zed", channel), **given)


def ban(arena, channel="general", **changed):
    given = {"type": "temporary", "hours": 2, "reason": "spam", **BY, **changed}
    return issue_ban(Author(arena, "zed", channel), **given)


def published():
    events = OutboxEvent.objects.exclude(type="rule_update").order_by("id")
    return list(events.values_list("type", flat=True))


def test_a_mute_lasts_its_minutes_and_only_the_console_hears_of_it(arena):
    made = mute(arena)
    assert (made.type, made.expires_at) == ("mute", NOON + TEN)
    assert published() == ["ban_update"]
    assert AuditEntry.objects.get(action="mute.issued").actor == "noor"


def test_a_muted_author_s_message_is_stored_and_refused_without_a_strike(arena):
    mute(arena)
    outcome = send(arena, BLOCKED, after=TEN / 2)
    log = outcome.log
    assert (log.action, log.status, log.is_approved, log.is_violation) == (
        "muted", "rejected", False, False,
    )  # fmt: skip
    assert log.message == "You are muted until 2026-03-02T12:10:00.000Z."
    assert (outcome.ban.type, Strike.objects.count()) == ("mute", 0)


def test_a_mute_holds_only_where_it_was_given(arena):
    mute(arena)
    assert send(arena, channel_id="lobby").log.action == "approved"
    mute(arena, "")
    assert send(arena, channel_id="lobby").log.action == "muted"


def test_a_mute_ends_by_itself_and_is_swept_once(arena):
    mute(arena)
    assert send(arena, after=TEN).log.action == "approved"
    assert [expire_sanctions(NOON + TEN).bans for _ in range(2)] == [1, 0]
    assert "moderation.user_unbanned" not in published()


def test_a_mute_is_lifted_like_a_ban(arena):
    made = mute(arena)
    revoke_ban(made, reason="sorry", **BY)
    assert send(arena).log.action == "approved"
    assert AuditEntry.objects.filter(action="mute.lifted").exists()
    with pytest.raises(Conflict):
        revoke_ban(made, reason="", **BY)


def test_a_lifted_mute_is_told_to_the_console_alone(arena):
    revoke_ban(mute(arena), reason="", **BY)
    assert published() == ["ban_update"] * 2
    began, ended = OutboxEvent.objects.filter(type="ban_update").order_by("id")
    assert [event.data["active"] for event in (began, ended)] == [True, False]
    assert [event.data["type"] for event in (began, ended)] == ["mute", "mute"]


def test_a_ban_of_another_place_or_author_hinders_no_mute(arena):
    ban(arena, "lobby")
    issue_ban(Author(arena, "ana", "general"), type="permanent", reason="spam", **BY)
    assert mute(arena, minutes=525_600).expires_at == NOON + timedelta(days=365)


def test_a_second_mute_replaces_the_first(arena):
    mute(arena)
    mute(arena, minutes=30)
    (running,) = Ban.objects.active(NOON)
    assert running.expires_at == NOON + timedelta(minutes=30)


def test_a_ban_replaces_a_mute_and_a_mute_no_ban(arena):
    mute(arena)
    ban(arena)
    assert [one.type for one in Ban.objects.active(NOON)] == ["temporary"]
    with pytest.raises(AlreadyExists):
        mute(arena)


def test_a_mute_may_follow_a_ban_that_is_over(arena):
    ban(arena)
    later = NOON + timedelta(hours=3)
    assert mute(arena, now=later).type == "mute"


def test_a_ban_speaks_before_a_mute_of_the_whole_project(arena):
    mute(arena, "")
    ban(arena)
    assert active_ban(Author(arena, "zed", "general"), NOON).type == "temporary"
    assert send(arena).log.action == "user_banned"


@pytest.mark.parametrize(
    "changed", [{"minutes": 0}, {"minutes": 525_601}, {"reason": " "}, {"reason": "x" * 1001}]
)
def test_a_senseless_mute_is_refused(arena, changed):
    with pytest.raises(Invalid):
        mute(arena, **changed)


def test_only_a_mute_is_found_as_a_mute(arena):
    ban(arena)
    with pytest.raises(NotFound, match="not muted in #general"):
        banned_at(Author(arena, "zed", "general"), NOON, is_mute=True)
