"""POST /api/moderate-with-strikes: its strikes, its ban, and how both end (docs/legacy.md)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation import rules
from moderation.integrations.compat.chat_strikes import moderate_with_strikes
from moderation.lib.errors import Forbidden
from moderation.models import Ban, ChatStrike, ModerationLog, Strike
from moderation.sanctions.by_staff import revoke_ban_and_strikes
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.undo import undo
from reviews.models import DecisionKind, ReviewItem
from tests.factories import make_caller
from tests.integrations.test_moderate import door, post
from tests.messages import NOON, submission
from tests.pipeline.test_concurrency import at_once_by


def struck(arena, content="Shut up idiot", *, after=timedelta(0), **fields):
    message = submission(arena, content, may_punish=False, **fields)
    return moderate_with_strikes(message, NOON + after)


def told(outcome):
    return outcome.action, outcome.strikes


def test_the_third_strike_bans_and_the_next_is_refused(key):
    client = door(key)
    body = {"content": "blockword", "user_id": "zed", "chat_id": "c1"}
    answers = [post(client, "moderate-with-strikes", body).json() for _ in range(3)]
    assert [(a["approved"], a["strikes"], a["max_strikes"], a["action"]) for a in answers] == [
        (False, 1, 3, "KICK"), (False, 2, 3, "KICK"), (False, 3, 3, "BAN"),
    ]  # fmt: skip
    refused = post(client, "moderate-with-strikes", {**body, "content": "hello"})
    assert (refused.status_code, refused.json()["detail"]) == (403, "User is banned")
    other = post(client, "moderate-with-strikes", {**body, "content": "hello", "chat_id": "c2"})
    assert other.json() | {"message_id": ""} == {
        "approved": True, "strikes": 0, "max_strikes": 3, "action": None, "reason": None,
        "message_id": "",
    }  # fmt: skip


def test_strikes_count_only_here_and_the_ban_has_no_end(arena):
    struck(arena, "warnword")
    struck(arena, "flagword")
    assert told(struck(arena, "warnword x")) == ("BAN", 3)
    ban = Ban.objects.get()
    assert (ban.type, ban.expires_at, ban.channel_id) == ("permanent", None, "general")
    assert (Strike.objects.count(), ModerationLog.objects.last().strike_count) == (0, 0)
    with pytest.raises(Forbidden):
        struck(arena, "hello")
    assert ModerationLog.objects.count() == 3


def test_the_worst_bans_at_once_without_a_strike(arena):
    assert told(struck(arena, "I will kill you")) == ("BAN", 0)
    assert Ban.objects.count() == 1


def test_a_strike_lives_seven_days(arena):
    struck(arena)
    struck(arena, "flagword", after=timedelta(days=6))
    assert told(struck(arena, "flagword", after=timedelta(days=7, minutes=1))) == ("WARNING", 2)


def test_one_message_never_gives_two_strikes(arena):
    first = struck(arena, message_id="m1")
    again = struck(arena, message_id="m1")
    edited = struck(arena, "flagword", message_id="m1")
    assert [told(first), told(again), told(edited)] == [("WARNING", 1)] * 3


def test_where_the_policy_never_bans_it_is_only_recommended(arena):
    rules.change_policy(arena, "tests", {"auto_ban": False})
    assert told(struck(arena, "I will kill you")) == ("BAN", 0)
    assert Ban.objects.count() == 0


@pytest.fixture
def banned(arena):
    """Return the review of the flagged message that was the third strike."""
    struck(arena, "warnword")
    struck(arena, "warnword x")
    struck(arena, "flagword")
    return ReviewItem.objects.get()


def test_approved_content_takes_its_strike_and_its_ban_along_until_the_undo(arena, banned):
    noor = make_caller(arena)
    decide(banned.pk, DecisionRequest(DecisionKind.APPROVE), noor, now=NOON)
    assert Ban.objects.get().lifted_at == NOON
    assert told(struck(arena, "hello")) == (None, 2)
    undo(banned.pk, noor, now=NOON)
    assert Ban.objects.get().lifted_at is None
    with pytest.raises(Forbidden):
        struck(arena, "hello")


def test_rejected_content_leaves_the_ban(arena, banned):
    decide(banned.pk, DecisionRequest(DecisionKind.REJECT), make_caller(arena), now=NOON)
    assert Ban.objects.get().lifted_at is None


def test_a_reset_ends_these_strikes_too(arena, banned):
    ban = Ban.objects.get()
    revoke_ban_and_strikes(ban, reason="fresh start", actor="tests", now=NOON)
    assert told(struck(arena, "warnword y")) == ("KICK", 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_three_strike_one_bans_and_the_rest_are_refused(transactional_db, arena):
    def send(number):
        try:
            message = submission(arena, f"blockword {number}", may_punish=False)
            return moderate_with_strikes(message, timezone.now())
        except Forbidden:
            return None

    outcomes = at_once_by(send, range(20))
    given = sorted(told(outcome)[::-1] for outcome in outcomes if outcome)
    assert given == [(1, "KICK"), (2, "KICK"), (3, "BAN")]
    assert (ChatStrike.objects.count(), Ban.objects.count()) == (3, 1)
    assert ModerationLog.objects.count() == 3
