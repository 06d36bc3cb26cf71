"""What follows from a verdict: strike, ban, review and the events about them."""

from datetime import timedelta

import pytest

from moderation.models import Ban, OutboxEvent, Strike
from reviews.models import ReviewItem
from tests.messages import BLOCKED, NOON, project, send, words

pytestmark = pytest.mark.django_db
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def flood(arena, count=6):
    return [send(arena, f"warnword {n}", after=n * SECOND) for n in range(count)][-1]


def test_a_flood_bans_where_strikes_count_for_as_long_as_the_policy_says():
    arena = project(ban_scope="project", temp_ban_hours=2, strike_verdicts=[])
    words(arena)
    outcome = flood(arena)
    ban = Ban.objects.get()
    assert (ban.channel_id, ban.reason, ban.issued_by, ban.issuer) == ("", "flood", "system", "")
    assert (ban.issued_at, ban.expires_at) == (NOON + 5 * SECOND, NOON + 5 * SECOND + 120 * MINUTE)
    assert (ban.log, ban.rests_on_strikes, outcome.ban) == (outcome.log, False, ban)


def test_a_strike_names_the_system_and_the_message():
    log = send(project(), BLOCKED).log
    strike = Strike.objects.get()
    assert (strike.log, strike.given_by, strike.given_at) == (log, "system", NOON)
    assert log.strike_count == 1


@pytest.mark.parametrize("policy", [{"auto_ban": False}, {"ban_requires_review": True}])
def test_a_flood_that_may_not_ban_is_only_told(policy):
    arena = project(**policy)
    words(arena)
    assert flood(arena).ban is None
    assert OutboxEvent.objects.filter(type="rate_limited").count() == 1
    assert not Ban.objects.exists()


def test_a_banned_author_s_message_counts_their_strikes_and_gives_none(arena):
    for number in range(3):
        send(arena, BLOCKED, after=number * MINUTE)
    outcome = send(arena, "flagword", after=4 * MINUTE)
    assert (outcome.log.strike_count, outcome.review_id, Strike.objects.count()) == (3, None, 3)
    assert outcome.ban == Ban.objects.get()
    told = OutboxEvent.objects.filter(type="moderation.message_blocked").order_by("id").last()
    assert (told.data["message_id"], told.created_at) == (outcome.log.message_id, NOON + 4 * MINUTE)


@pytest.mark.parametrize(
    ("policy", "content", "is_opened"),
    [
        ({}, "flagword", True),
        ({}, "blockword", False),
        ({"queue_blocks": True}, "blockword", True),
        ({"queue_blocks": True}, "warnword", False),
        ({"review_verdicts": ["warn"]}, "warnword", True),
        ({"review_verdicts": ["warn"]}, "flagword", False),
        ({"review_verdicts": ["block"]}, "blockword", True),
    ],
)
def test_a_review_is_opened_where_the_policy_wants_one(policy, content, is_opened):
    arena = project(**policy)
    words(arena)
    outcome = send(arena, content)
    item = ReviewItem.objects.first()
    assert (item is not None, outcome.review_id) == (is_opened, item and item.pk)
    events = OutboxEvent.objects.filter(type="review_update")
    assert [event.data["review_id"] for event in events] == [str(outcome.review_id)] * is_opened


def test_a_held_ban_waits_in_the_review_of_its_message():
    arena = project(ban_requires_review=True)
    logs = [send(arena, BLOCKED, after=n * MINUTE).log for n in range(3)]
    assert [log.stage for log in logs] == ["rules", "rules", "human-review"]
    assert ReviewItem.objects.get().log == logs[2]


def test_the_events_of_a_check_keep_their_order(arena):
    outcome = send(arena, BLOCKED)
    events = OutboxEvent.objects.exclude(type="rule_update").order_by("id")
    assert list(events.values_list("type", flat=True)) == [
        "moderation.message_blocked",
        "moderation_update",
        "user_activity",
        "moderation.warning",
    ]
    update = events.get(type="moderation_update")
    reasons = {f"category:{reason}": 1 for reason in outcome.log.reasons}
    assert update.tally == {"total": 1, "rejected": 1, "verdict:block": 1, **reasons}


def test_an_edit_counts_only_what_changed(arena):
    send(arena, "flagword", message_id="m1")
    send(arena, "Hello world", message_id="m1", after=MINUTE)
    update = OutboxEvent.objects.filter(type="moderation_update").order_by("id").last()
    assert update.tally == {
        "flagged": -1, "approved": 1, "verdict:flag": -1, "category:profanity": -1,
    }  # fmt: skip
