"""A ban gives way to a later one in the same place; it ends once, and can be restored."""

from datetime import timedelta

import pytest

from moderation.accounts.actors import Actor
from moderation.events.event import Cause
from moderation.models import Author, Ban, OutboxEvent, Strike
from moderation.rules.active import policy_of
from moderation.sanctions.bans import (
    EXPIRED,
    Expired,
    ban_author,
    ban_length,
    expire_sanctions,
    lift_ban,
    lift_unsupported_bans,
    restore_ban,
)
from moderation.sanctions.payloads import ban_info
from tests.messages import NOON, project, send, send_blocked

pytestmark = pytest.mark.django_db
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
UNDONE = Cause("ada", "undone")


def ban(arena, type_, *, hours=None, channel="general", now=NOON, **more):
    author, cause = Author(arena, "zed", channel), Cause(Actor("noor", "user:7"), type_)
    return ban_author(author, cause, length=ban_length(type_, hours), now=now, **more)


def told(since=0):
    """Return type, data and moment of the events about bans, the oldest first."""
    events = OutboxEvent.objects.filter(type__contains="ban").order_by("id")[since:]
    return [(event.type, event.data, event.created_at) for event in events]


def test_a_permanent_ban_is_never_shortened(arena):
    permanent = ban(arena, "permanent")
    events = OutboxEvent.objects.count()
    assert ban(arena, "temporary", hours=1) == permanent
    (stored,) = Ban.objects.all()
    assert (stored.type, stored.expires_at, stored.lifted_at) == ("permanent", None, None)
    assert OutboxEvent.objects.count() == events


def test_a_permanent_ban_of_another_channel_is_another_ban(arena):
    ban(arena, "permanent", channel="lobby")
    assert ban(arena, "temporary", hours=1).expires_at == NOON + timedelta(hours=1)


def test_a_replaced_ban_ends_without_an_event(arena):
    replaced = ban(arena, "temporary", hours=1)
    ban(arena, "permanent")
    replaced.refresh_from_db()
    ended = (replaced.lifted_at, replaced.lifted_by, replaced.lift_reason)
    assert ended == (NOON, "system", "replaced")
    assert not OutboxEvent.objects.filter(type="moderation.user_unbanned").exists()


def test_a_ban_whose_time_was_over_is_announced_as_expired_before_the_next(arena):
    expired = ban(arena, "temporary", hours=1)
    ban(arena, "temporary", hours=1, now=NOON + timedelta(hours=1))
    expired.refresh_from_db()
    assert (expired.lifted_by, expired.lift_reason) == ("system", "expired")
    assert OutboxEvent.objects.filter(type="moderation.user_unbanned").count() == 1


def test_a_ban_stores_who_gave_it_when_and_for_what(arena):
    log = send(arena).log
    made = ban(arena, "temporary", hours=1, log=log, rests_on_strikes=True)
    stored = Ban.objects.values().get(pk=made.pk)
    assert stored.pop("id") == made.pk
    assert stored == {
        "project_id": arena.pk, "user_id": "zed", "channel_id": "general", "type": "temporary",
        "reason": "temporary", "log_id": log.pk, "rests_on_strikes": True, "issued_by": "noor",
        "issuer": "user:7", "issued_at": NOON, "expires_at": NOON + HOUR,
        "lifted_at": None, "lifted_by": "", "lift_reason": "",
    }  # fmt: skip
    assert not ban(arena, "permanent").rests_on_strikes


@pytest.mark.parametrize(("channel", "named"), [("general", "general"), ("", None)])
def test_beginning_and_end_are_told_in_full(arena, channel, named):
    made = ban(arena, "temporary", hours=1, channel=channel)
    assert lift_ban(made, UNDONE, now=NOON + SECOND)
    update = {
        "user_id": "zed", "channel_id": named, "active": True, "type": "temporary",
        "expires_at": "2026-03-02T13:00:00.000Z", "reason": "temporary", "automatic": False,
        "timestamp": "2026-03-02T12:00:00.000Z",
    }  # fmt: skip
    banned = {
        "user_id": "zed", "channel_id": named, "ban_type": "temporary",
        "banned_until": "2026-03-02T13:00:00.000Z", "reason": "temporary", "project_id": "arena",
    }  # fmt: skip
    unbanned = {
        "user_id": "zed", "channel_id": named, "unbanned_by": "ada", "reason": "undone",
        "project_id": "arena",
    }  # fmt: skip
    ended = {**update, "active": False, "timestamp": "2026-03-02T12:00:01.000Z"}
    assert told() == [
        ("ban_update", update, NOON),
        ("moderation.user_banned", banned, NOON),
        ("ban_update", ended, NOON + SECOND),
        ("moderation.user_unbanned", unbanned, NOON + SECOND),
    ]
    assert ban_info(made) == {
        "id": str(made.pk), "type": "temporary", "expires_at": "2026-03-02T13:00:00.000Z",
        "reason": "temporary", "channel_id": named,
    }  # fmt: skip


def test_only_what_nobody_gave_is_told_as_automatic(arena):
    by_system = ban_author(Author(arena, "zed"), Cause("system"), length=HOUR, now=NOON)
    assert (by_system.is_automatic, told()[0][1]["automatic"]) == (True, True)


def test_the_events_of_a_ban_wait_for_its_decision_s_hold(arena):
    decision, hold = send(arena).log.pk, NOON + SECOND
    cause = Cause("noor", decision=decision, hold_until=hold)
    made = ban_author(Author(arena, "zed"), cause, length=HOUR, now=NOON)
    lift_ban(made, cause, now=NOON)
    held = OutboxEvent.objects.filter(cause=decision, hold_until=hold).order_by("id")
    assert list(held.values_list("type", flat=True)) == [
        "moderation.user_banned",
        "moderation.user_unbanned",
    ]


def test_a_ban_ends_once(arena):
    made = ban(arena, "permanent")
    assert lift_ban(made, UNDONE, now=NOON + SECOND)
    assert not lift_ban(made, Cause("omar", "again"), now=NOON + HOUR)
    assert len(told()) == 4
    for one in (made, Ban.objects.get()):
        ended = (one.lifted_at, one.lifted_by, one.lift_reason)
        assert ended == (NOON + SECOND, "ada", "undone")


@pytest.mark.parametrize(
    ("type_", "until"), [("temporary", HOUR - SECOND), ("permanent", 9 * HOUR)]
)
def test_a_lifted_ban_is_restored_and_told_again(arena, type_, until):
    made = ban(arena, type_, hours=1)
    lift_ban(made, UNDONE, now=NOON)
    assert restore_ban(made, UNDONE, now=NOON + until)
    stored = Ban.objects.get()
    assert (stored.lifted_at, stored.lifted_by, stored.lift_reason) == (None, "", "")
    again = told(since=4)
    assert [type_ for type_, _, _ in again] == ["ban_update", "moderation.user_banned"]
    assert {moment for _, _, moment in again} == {NOON + until}


def test_a_ban_that_ran_out_is_not_restored(arena):
    made = ban(arena, "temporary", hours=1)
    lift_ban(made, UNDONE, now=NOON)
    assert not restore_ban(made, UNDONE, now=NOON + HOUR)
    assert Ban.objects.get().lifted_at == NOON


def test_a_ban_is_not_restored_beside_another_of_the_same_place(arena):
    made = ban(arena, "permanent")
    lift_ban(made, UNDONE, now=NOON)
    other = ban(arena, "temporary", hours=1)
    assert not restore_ban(made, UNDONE, now=NOON)
    assert list(Ban.objects.filter(lifted_at=None)) == [other]


def test_a_ban_that_has_run_out_unnoticed_keeps_none_from_being_restored(arena):
    made = ban(arena, "permanent")
    lift_ban(made, UNDONE, now=NOON)
    other = ban(arena, "temporary", hours=1)
    assert restore_ban(made, UNDONE, now=NOON + 2 * HOUR)
    other.refresh_from_db()
    assert other.lift_reason == EXPIRED.reason
    assert list(Ban.objects.active(NOON + 2 * HOUR)) == [made]


def test_bans_of_other_places_and_authors_keep_none_from_being_restored(arena):
    made = ban(arena, "permanent")
    lift_ban(made, UNDONE, now=NOON)
    ban(arena, "permanent", channel="lobby")
    ban_author(Author(arena, "ana", "general"), UNDONE, length=None, now=NOON)
    assert restore_ban(made, UNDONE, now=NOON)


@pytest.mark.parametrize(
    ("strikes", "type_", "stays"),
    [
        (2, "temporary", False),
        (3, "temporary", True),
        (3, "permanent", False),
        (4, "permanent", False),
        (5, "permanent", True),
    ],
)
def test_a_ban_stays_while_enough_strikes_support_it(strikes, type_, stays):
    arena = project(auto_ban=False)
    send_blocked(arena, strikes)
    made = ban(arena, type_, hours=5, rests_on_strikes=True)
    lift_unsupported_bans(made.author, policy_of(arena), UNDONE, now=NOON + HOUR)
    assert Ban.objects.get().lifted_at == (None if stays else NOON + HOUR)


def test_bans_that_rest_on_no_strikes_or_hold_elsewhere_stay(arena):
    for channel, rests in (("general", False), ("lobby", True)):
        ban(arena, "permanent", channel=channel, rests_on_strikes=rests)
    other = Author(arena, "ana", "general")
    ban_author(other, UNDONE, length=None, now=NOON, rests_on_strikes=True)
    lift_unsupported_bans(Author(arena, "zed", "general"), policy_of(arena), UNDONE, now=NOON)
    assert Ban.objects.filter(lifted_at=None).count() == 3


def test_a_ban_that_ran_out_is_not_lifted_for_want_of_strikes(arena):
    made = ban(arena, "temporary", hours=1, rests_on_strikes=True)
    lift_unsupported_bans(made.author, policy_of(arena), UNDONE, now=NOON + HOUR)
    assert Ban.objects.get().lifted_at is None


def test_what_is_over_ends_once_and_in_the_named_project_alone(arena):
    other = project("other")
    for where in (arena, other):
        send_blocked(where, 1)
        ban(where, "temporary", hours=1)
        ban(where, "permanent", channel="lobby")
    assert expire_sanctions(NOON + HOUR - SECOND) == Expired(bans=0, strikes=0)
    later = NOON + timedelta(days=30)
    assert expire_sanctions(later, other) == Expired(bans=1, strikes=1)
    assert [expire_sanctions(later) for _ in range(2)] == [Expired(1, 1), Expired(0, 0)]
    assert set(Strike.objects.values_list("ended_at", flat=True)) == {later}
    ended = Ban.objects.exclude(lifted_at=None).values_list("lifted_at", "lifted_by", "lift_reason")
    assert list(ended) == [(later, "system", "expired")] * 2
    assert [type_ for type_, _, _ in told()].count("moderation.user_unbanned") == 2
