"""One strike for each message: given, revoked and restored with the ban that it brings."""

import pytest

from moderation import rules
from moderation.events.event import Cause
from moderation.models import Ban, ModerationLog, Strike
from moderation.rules.active import policy_of
from moderation.sanctions.strikes import give_strike, restore_strikes, revoke_strikes
from tests.messages import NOON, project, send, send_blocked

pytestmark = pytest.mark.django_db


def test_a_strike_stores_who_gave_it_and_until_when(arena):
    rules.change_policy(arena, "tests", {"strike_days": 2})
    log = send(arena).log
    give_strike(log, policy_of(arena), Cause("noor"), now=NOON)
    stored = Strike.objects.values().get()
    stored.pop("id")
    assert stored == {
        "project_id": arena.pk, "user_id": "zed", "channel_id": "general", "log_id": log.pk,
        "given_by": "noor", "given_at": NOON, "expires_at": NOON.replace(day=4),
        "ended_at": None, "revoked_at": None, "revoked_by": "",
    }  # fmt: skip


def test_a_message_gets_one_strike_and_another_once_that_is_revoked(arena):
    log, policy = send(arena).log, policy_of(arena)
    first, _ = give_strike(log, policy, Cause("noor"), now=NOON)
    assert give_strike(log, policy, Cause("noor"), now=NOON) == (None, None)
    revoke_strikes(log, by="noor", now=NOON)
    second, _ = give_strike(log, policy, Cause("noor"), now=NOON)
    assert set(Strike.objects.all()) == {first, second}


@pytest.mark.parametrize(("strikes", "reason"), [(3, "3 active strikes"), (5, "5 active strikes")])
def test_the_ladder_s_ban_names_its_strikes_and_its_message(strikes, reason):
    arena = project(auto_ban=False, temp_ban_hours=2)
    *_, last = send_blocked(arena, strikes)
    revoke_strikes(last, by="noor", now=NOON)
    rules.change_policy(arena, "tests", {"auto_ban": True})
    _, ban = give_strike(last, policy_of(arena), Cause("noor"), now=NOON)
    assert (ban.reason, ban.log, ban.rests_on_strikes, ban.issued_by) == (
        reason, last, True, "noor",
    )  # fmt: skip
    end = NOON.replace(hour=14) if strikes == 3 else None
    assert Ban.objects.get().expires_at == end


@pytest.mark.parametrize(
    ("strikes", "reason"), [(3, "flood"), (5, "5 active strikes")], ids=["temporary", "permanent"]
)
def test_only_the_temporary_ban_of_a_flood_says_so(strikes, reason):
    arena = project(auto_ban=False)
    *_, last = send_blocked(arena, strikes)
    revoke_strikes(last, by="noor", now=NOON)
    rules.change_policy(arena, "tests", {"auto_ban": True})
    last.reasons = [*last.reasons, "flood"]
    _, ban = give_strike(last, policy_of(arena), Cause("noor"), now=NOON)
    assert ban.reason == reason


def test_revoking_says_who_and_when_and_leaves_other_messages_alone(arena):
    first, second = send_blocked(arena, 2)
    assert revoke_strikes(first, by="noor", now=NOON)
    assert not revoke_strikes(first, by="ada", now=NOON.replace(hour=13))
    revoked = Strike.objects.get(log=first)
    assert (revoked.revoked_at, revoked.revoked_by) == (NOON, "noor")
    assert Strike.objects.get(log=second).revoked_at is None


def test_only_the_named_strikes_are_restored(arena):
    for log in send_blocked(arena, 3)[:2]:
        revoke_strikes(log, by="noor", now=NOON)
    first, second = Strike.objects.filter(revoked_by="noor").order_by("given_at")
    assert restore_strikes(str(one.pk) for one in [first]) == 1
    first.refresh_from_db()
    assert (first.revoked_at, first.revoked_by) == (None, "")
    assert list(ModerationLog.objects.filter(strikes__revoked_by="noor")) == [second.log]
