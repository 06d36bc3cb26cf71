"""What staff do to an author: they issue and lift bans and revoke strikes, each audited."""

from datetime import timedelta

import pytest

from moderation.lib.errors import AlreadyExists, Conflict, Invalid, NotFound
from moderation.models import AuditEntry, Author, Ban, ChatStrike, OutboxEvent, Strike
from moderation.queries.authors import active_ban, count_active_strikes
from moderation.rules.active import policy_of
from moderation.sanctions.by_staff import (
    banned_at,
    check_length,
    issue_ban,
    issue_mute,
    reset_strikes,
    revoke_ban,
    revoke_ban_and_strikes,
)
from tests.messages import BLOCKED, NOON, project, send, send_blocked

pytestmark = pytest.mark.django_db
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
    assert (entry.actor, entry.object_id, entry.created_at) == ("noor", str(made.pk), NOON)
    assert entry.data == {
        "user_id": "zed", "channel_id": "general", "type": "temporary",
        "expires_at": "2026-03-02T14:00:00.000Z", "reason": "links",
    }  # fmt: skip
    assert (made.issued_by, made.reason) == ("noor", "links")


def test_mute_and_lifted_ban_are_audited_in_full(arena):
    author = Author(arena, "zed", "general")
    mute = issue_mute(author, minutes=5, reason=" calm down ", **BY)
    revoke_ban(ban(arena), reason=" sorry ", **BY)
    issued = AuditEntry.objects.get(action="mute.issued")
    lifted = AuditEntry.objects.get(action="ban.lifted")
    assert [entry.created_at for entry in (issued, lifted)] == [NOON, NOON]
    assert issued.object_id == str(mute.pk)
    assert issued.data == {
        "user_id": "zed", "channel_id": "general", "type": "mute",
        "expires_at": "2026-03-02T12:05:00.000Z", "reason": "calm down",
    }  # fmt: skip
    assert lifted.data == {
        "user_id": "zed", "channel_id": "general", "type": "temporary", "reason": "sorry",
    }  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {"hours": 1},
        {"hours": 8760},
        {"reason": "x"},
        {"reason": f" {'x' * 1000} "},
        {"channel": "x" * 200},
        {"author": "x"},
        {"author": "x" * 200},
    ],
    ids=lambda value: str(value)[:20],
)
def test_the_shortest_and_the_longest_are_allowed(arena, fields):
    author, channel = fields.pop("author", "zed"), fields.pop("channel", "general")
    given = {"type": "temporary", "hours": 2, "reason": "spam", **BY, **fields}
    made = issue_ban(Author(arena, author, channel), **given)
    assert Ban.objects.get(user_id=author, channel_id=channel) == made


@pytest.mark.parametrize(
    ("length", "field", "message"),
    [
        ({"hours": 0}, "hours", "must be from 1 to 8760"),
        ({"minutes": 525_601}, "minutes", "must be from 1 to 525600"),
        ({"hours": 0, "minutes": 0}, "minutes", "must not be given beside hours"),
    ],
)
def test_a_wrong_length_is_named(length, field, message):
    with pytest.raises(Invalid) as refused:
        check_length(length.get("hours"), length.get("minutes"))
    assert (refused.value.field, message in str(refused.value)) == (field, True)


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
        ({"type": "mute"}, "type"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_ban_that_makes_no_sense_is_refused(arena, changed, field):
    with pytest.raises(Invalid) as refused:
        ban(arena, **changed)
    assert refused.value.field == field
    assert not Ban.objects.exists()


@pytest.mark.parametrize("name", ["", "x" * 201])
@pytest.mark.parametrize(
    ("issue", "length"), [(issue_ban, {"type": "permanent"}), (issue_mute, {"minutes": 5})]
)
def test_nobody_and_names_that_are_too_long_are_refused(arena, issue, length, name):
    with pytest.raises(Invalid, match="1 to 200 characters") as refused:
        issue(Author(arena, name, ""), reason="spam", **length, **BY)
    assert refused.value.field == "user_id"


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


@pytest.mark.parametrize(
    ("channel", "is_mute", "message"),
    [
        ("general", False, "zed is not banned in #general."),
        ("", False, "zed is not banned in the whole project."),
        ("", True, "zed is not muted in the whole project."),
    ],
)
def test_who_is_not_banned_where_is_said(arena, channel, is_mute, message):
    with pytest.raises(NotFound, match=message):
        banned_at(Author(arena, "zed", channel), NOON, is_mute=is_mute)


def test_a_mute_is_found_as_a_ban_and_as_a_mute(arena):
    author = Author(arena, "zed", "general")
    mute = issue_mute(author, minutes=5, reason="calm down", **BY)
    assert [banned_at(author, NOON, is_mute=asked) for asked in (False, True)] == [mute, mute]


def test_a_reason_for_lifting_may_not_be_longer_than_others(arena):
    made = ban(arena)
    with pytest.raises(Invalid):
        revoke_ban(made, reason="x" * 1001, **BY)
    assert revoke_ban(made, reason="x" * 1000, **BY).lift_reason == "x" * 1000


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
    send_blocked(project("other"), 1, user_id="nobody")
    send_blocked(arena, 1)
    for author in ("nobody", "zed "):
        with pytest.raises(NotFound, match=f"no author {author} in this project"):
            reset_strikes(Author(arena, author, ""), **BY)
    assert strikes(arena) == 1


def test_an_author_is_known_by_a_ban_alone(arena):
    ban(arena)
    assert reset_strikes(Author(arena, "zed", ""), **BY) == 0


def test_strikes_of_others_stay_and_those_taken_back_say_by_whom(arena):
    other = project("other")
    send_blocked(arena, 1)
    send_blocked(arena, 1, user_id="ana")
    send_blocked(other, 1)
    assert reset_strikes(Author(arena, "zed", ""), **BY) == 1
    revoked = Strike.objects.exclude(revoked_at=None).get()
    assert (revoked.project, revoked.user_id) == (arena, "zed")
    assert (revoked.revoked_at, revoked.revoked_by) == (NOON, "noor")
    entry = AuditEntry.objects.get(action="strikes.reset")
    assert (entry.object_type, entry.object_id, entry.created_at) == ("author", "zed", NOON)
    assert entry.data == {"user_id": "zed", "channel_id": "", "strikes": 1}


def test_strikes_that_have_expired_are_not_taken_back(arena):
    send_blocked(arena, 1)
    later = {"actor": "noor", "now": NOON + timedelta(days=31)}
    assert reset_strikes(Author(arena, "zed", "general"), **later) == 0
    assert Strike.objects.get().revoked_at is None


def test_in_a_channel_the_strikes_of_the_whole_project_are_taken_back_too():
    arena = project(ban_scope="project")
    send_blocked(arena, 1, channel_id="lobby")
    assert reset_strikes(Author(arena, "zed", "general"), **BY) == 1


@pytest.mark.parametrize(("channel", "ended"), [("general", 2), ("lobby", 2), ("", 3)])
def test_strikes_of_chats_end_where_they_count(arena, channel, ended):
    week = NOON + timedelta(days=7)
    for where in ("general", "lobby", ""):
        log = send(arena, BLOCKED, may_punish=False).log
        fields = {"project": arena, "log": log, "given_at": NOON, "expires_at": week}
        ChatStrike.objects.create(user_id="zed", channel_id=where, **fields)
    assert reset_strikes(Author(arena, "zed", channel), **BY) == ended
    assert ChatStrike.objects.filter(expires_at=NOON).count() == ended
    assert AuditEntry.objects.get(action="strikes.reset").data["strikes"] == ended
