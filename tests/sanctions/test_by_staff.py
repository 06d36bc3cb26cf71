"""What staff do to an author: they issue and lift bans and revoke strikes, each audited."""

from datetime import timedelta

import pytest

from moderation.lib.errors import AlreadyExists, Conflict, Invalid, NotFound
from moderation.models import AuditEntry, Author, Ban, OutboxEvent
from moderation.queries.authors import active_ban, count_active_strikes
from moderation.rules.active import policy_of
from moderation.sanctions.by_staff import (
    banned_at,
    issue_ban,
    reset_strikes,
    revoke_ban,
    revoke_ban_and_strikes,
)
from tests.messages import NOON, send, send_blocked

BY = {"actor": "noor", "now": NOON}


def ban(arena, channel="general", **changed):
    given = {"type": "temporary", "hours": 2, "reason": "spam", **BY, **changed}
    return issue_ban(Author(arena, "zed", channel), **given)


def audit():
    return list(AuditEntry.objects.exclude(actor="tests").values_list("action", flat=True))


def strikes(arena, now=NOON):
    return count_active_strikes(Author(arena, "zed", "general"), policy_of(arena), now)


def test_temporary_ban_ends_after_its_hours_and_is_published(arena):
    made = ban(arena, hours=5)
    assert made.expires_at == NOON + timedelta(hours=5)
    assert OutboxEvent.objects.filter(type="ban_update").count() == 1
    assert OutboxEvent.objects.filter(type="moderation.user_banned").count() == 1


def test_temporary_ban_without_hours_lasts_a_day(arena):
    assert ban(arena, hours=None).expires_at == NOON + timedelta(hours=24)


@pytest.mark.parametrize("minutes", [1, 90, 525_600])
def test_temporary_ban_may_be_given_in_minutes(arena, minutes):
    made = ban(arena, hours=None, minutes=minutes)
    assert made.expires_at == NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "length", [{"minutes": 0}, {"minutes": 525_601}, {"minutes": 5, "hours": 1}]
)
def test_wrong_lengths_are_refused(arena, length):
    with pytest.raises(Invalid):
        ban(arena, **{"hours": None, **length})


def test_permanent_ban_has_no_end_whatever_the_hours(arena):
    assert ban(arena, type="permanent", hours=5).expires_at is None


def test_ban_of_the_whole_project_holds_in_each_channel(arena):
    ban(arena, "")
    assert active_ban(Author(arena, "zed", "lobby"), NOON).reason == "spam"


def test_issued_ban_is_audited_with_its_reason(arena):
    made = ban(arena, reason=" links ")
    entry = AuditEntry.objects.get(action="ban.issued")
    assert (entry.actor, entry.object_id) == ("noor", str(made.pk))
    assert entry.data["reason"] == "links"


def test_temporary_ban_gives_way_to_a_new_one(arena):
    ban(arena)
    longer = ban(arena, hours=48)
    assert list(Ban.objects.filter(lifted_at=None)) == [longer]


def test_permanent_ban_is_not_replaced(arena):
    ban(arena, type="permanent", hours=None)
    with pytest.raises(AlreadyExists):
        ban(arena)
    assert audit() == ["ban.issued"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"type": "for ever"}, "type"),
        ({"hours": 0}, "hours"),
        ({"hours": 8761}, "hours"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 1001}, "reason"),
        ({"channel": "x" * 201}, "channel_id"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_ban_that_makes_no_sense_is_refused(arena, changed, field):
    with pytest.raises(Invalid) as refused:
        ban(arena, **changed)
    assert refused.value.field == field
    assert not Ban.objects.exists()


def test_ban_of_nobody_is_refused(arena):
    with pytest.raises(Invalid, match="characters"):
        issue_ban(Author(arena, "", ""), type="permanent", hours=None, reason="spam", **BY)


def test_lifted_ban_says_by_whom_and_why(arena):
    lifted = revoke_ban(ban(arena), reason="said sorry", **BY)
    assert (lifted.lifted_by, lifted.lift_reason) == ("noor", "said sorry")
    assert active_ban(Author(arena, "zed", "general"), NOON) is None
    assert audit() == ["ban.lifted", "ban.issued"]


def test_ban_is_lifted_once(arena):
    made = ban(arena)
    revoke_ban(made, reason="", **BY)
    with pytest.raises(Conflict):
        revoke_ban(made, reason="", **BY)
    assert audit() == ["ban.lifted", "ban.issued"]


def test_only_the_ban_of_exactly_that_place_is_found_and_lifted(arena):
    ban(arena, "")
    with pytest.raises(NotFound):
        banned_at(Author(arena, "zed", "general"), NOON)
    everywhere = banned_at(Author(arena, "zed"), NOON)
    assert revoke_ban(everywhere, reason="", **BY).lifted_by == "noor"


def test_ban_that_ran_out_is_not_there_to_lift(arena):
    ban(arena)
    with pytest.raises(NotFound):
        banned_at(Author(arena, "zed", "general"), NOON + timedelta(hours=3))


def test_lifting_leaves_the_strikes_unless_they_are_taken_back_too(arena):
    send_blocked(arena, 1, user_id="zed")
    made = ban(arena)
    revoke_ban(made, reason="", **BY)
    assert strikes(arena) == 1
    assert revoke_ban_and_strikes(ban(arena), reason="", **BY) == 1
    assert strikes(arena) == 0


def test_strikes_of_one_channel_are_taken_back_alone(arena):
    send_blocked(arena, 1, user_id="zed")
    send_blocked(arena, 1, user_id="zed", channel_id="lobby")
    assert reset_strikes(Author(arena, "zed", "general"), **BY) == 1
    assert strikes(arena) == 0
    assert count_active_strikes(Author(arena, "zed", "lobby"), policy_of(arena), NOON) == 1


def test_strikes_of_all_channels_are_taken_back_together(arena):
    send_blocked(arena, 1, user_id="zed")
    send_blocked(arena, 1, user_id="zed", channel_id="lobby")
    assert reset_strikes(Author(arena, "zed", ""), **BY) == 2
    assert AuditEntry.objects.get(action="strikes.reset").data["strikes"] == 2


def test_author_without_strikes_has_none_to_take_back(arena):
    send(arena, "hello", user_id="zed")
    assert reset_strikes(Author(arena, "zed", "general"), **BY) == 0


def test_strikes_of_an_unknown_author_cannot_be_taken_back(arena):
    with pytest.raises(NotFound):
        reset_strikes(Author(arena, "nobody", ""), **BY)
