"""What the staff does to an author: bans issued and lifted, strikes taken back, each audited."""

from datetime import timedelta

import pytest

from moderation import sanctions
from moderation.errors import AlreadyExists, Conflict, Invalid, NotFound
from moderation.models import AuditEntry, Ban, OutboxEvent
from moderation.queries import active_ban, count_active_strikes, policy_of
from tests.messages import NOON, send, send_blocked

BY = {"actor": "noor", "now": NOON}


def ban(arena, channel="general", **changed):
    given = {"type": "temporary", "hours": 2, "reason": "spam", **BY, **changed}
    return sanctions.issue_ban(arena, "zed", channel, **given)


def audit():
    return list(AuditEntry.objects.exclude(actor="tests").values_list("action", flat=True))


def strikes(arena, now=NOON):
    return count_active_strikes(arena, "zed", "general", policy_of(arena), now)


def test_temporary_ban_ends_after_its_hours_and_is_told(arena):
    made = ban(arena, hours=5)
    assert made.expires_at == NOON + timedelta(hours=5)
    assert OutboxEvent.objects.filter(type="ban_update").count() == 1
    assert OutboxEvent.objects.filter(type="moderation.user_banned").count() == 1


def test_temporary_ban_without_hours_lasts_a_day(arena):
    assert ban(arena, hours=None).expires_at == NOON + timedelta(hours=24)


def test_permanent_ban_has_no_end_whatever_the_hours(arena):
    assert ban(arena, type="permanent", hours=5).expires_at is None


def test_ban_of_the_whole_project_holds_in_each_channel(arena):
    ban(arena, "")
    assert active_ban(arena, "zed", "lobby", NOON).reason == "spam"


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
        sanctions.issue_ban(arena, "", "", type="permanent", hours=None, reason="spam", **BY)


def test_lifted_ban_says_by_whom_and_why(arena):
    lifted = sanctions.lift_ban(ban(arena), reason="said sorry", **BY)
    assert (lifted.lifted_by, lifted.lift_reason) == ("noor", "said sorry")
    assert active_ban(arena, "zed", "general", NOON) is None
    assert audit() == ["ban.lifted", "ban.issued"]


def test_ban_is_lifted_once(arena):
    made = ban(arena)
    sanctions.lift_ban(made, reason="", **BY)
    with pytest.raises(Conflict):
        sanctions.lift_ban(made, reason="", **BY)
    assert audit() == ["ban.lifted", "ban.issued"]


def test_unban_lifts_the_ban_of_exactly_that_place(arena):
    ban(arena, "")
    with pytest.raises(NotFound):
        sanctions.unban(arena, "zed", "general", reason="", **BY)
    assert sanctions.unban(arena, "zed", "", reason="", **BY).lifted_by == "noor"


def test_ban_that_ran_out_is_not_there_to_lift(arena):
    ban(arena)
    with pytest.raises(NotFound):
        sanctions.banned_at(arena, "zed", "general", NOON + timedelta(hours=3))


def test_lifting_leaves_the_strikes_unless_they_are_taken_back_too(arena):
    send_blocked(arena, 1, user_id="zed")
    made = ban(arena)
    sanctions.lift_ban(made, reason="", **BY)
    assert strikes(arena) == 1
    assert sanctions.lift_ban_and_strikes(ban(arena), reason="", **BY) == 1
    assert strikes(arena) == 0


def test_strikes_of_one_channel_are_taken_back_alone(arena):
    send_blocked(arena, 1, user_id="zed")
    send_blocked(arena, 1, user_id="zed", channel_id="lobby")
    assert sanctions.reset_strikes(arena, "zed", "general", **BY) == 1
    assert strikes(arena) == 0
    assert count_active_strikes(arena, "zed", "lobby", policy_of(arena), NOON) == 1


def test_strikes_of_all_channels_are_taken_back_together(arena):
    send_blocked(arena, 1, user_id="zed")
    send_blocked(arena, 1, user_id="zed", channel_id="lobby")
    assert sanctions.reset_strikes(arena, "zed", "", **BY) == 2
    assert AuditEntry.objects.get(action="strikes.reset").data["strikes"] == 2


def test_author_without_strikes_has_none_to_take_back(arena):
    send(arena, "hello", user_id="zed")
    assert sanctions.reset_strikes(arena, "zed", "general", **BY) == 0


def test_strikes_of_an_unknown_author_cannot_be_taken_back(arena):
    with pytest.raises(NotFound):
        sanctions.reset_strikes(arena, "nobody", "", **BY)
