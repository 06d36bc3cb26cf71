"""What the relay's leader does now and then: alerts, and the daily cleanup."""

from datetime import timedelta

import pytest

from moderation.delivery.relay.alerts import Alerts
from moderation.delivery.relay.housekeeping import DailyCleanup
from moderation.models import AuditEntry, Counter, Lease, ModerationLog, OutboxEvent
from moderation.models.events import Audience
from moderation.models.ids import first_id_of
from tests.messages import NOON, send

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def notices(project):
    told = OutboxEvent.objects.filter(type="system_notification", project=project)
    return [event.data["message"] for event in told.order_by("id")]


def count(project, metric, moment, value):
    Counter.objects.create(project=project, metric=metric, minute=moment, value=value)


@pytest.fixture
def usual(arena):
    """Twenty messages in each hour of the last two days."""
    for number in range(1, 49):
        count(arena, "hour:total", NOON - number * HOUR, 20)
    return arena


@pytest.mark.parametrize(("messages", "told"), [(100, 0), (101, 1)])
def test_more_than_five_times_the_median_hour_is_told(usual, messages, told):
    count(usual, "total", NOON - HOUR / 2, messages)
    Alerts().watch_volume(NOON)
    assert len(notices(usual)) == told


def test_the_notification_says_how_unusual_it_is_and_comes_once_an_hour(usual):
    count(usual, "total", NOON - HOUR / 2, 180)
    alerts = Alerts()
    for minutes in (0, 1, 29):
        alerts.watch_volume(NOON + timedelta(minutes=minutes))
    assert notices(usual) == [
        "Unusual volume: 180 messages in the last hour, 9 times as many as usual."
    ]


def test_what_is_usual_must_be_known(arena):
    for number in range(1, 20):
        count(arena, "hour:total", NOON - number * HOUR, 20)
    count(arena, "total", NOON - HOUR / 2, 500)
    Alerts().watch_volume(NOON)
    assert notices(arena) == []


def test_few_messages_are_never_unusual(arena):
    for number in range(1, 49):
        count(arena, "hour:total", NOON - number * HOUR, 1)
    count(arena, "total", NOON - HOUR / 2, 59)
    Alerts().watch_volume(NOON)
    assert notices(arena) == []


def test_events_that_wait_for_their_number_are_told_once(arena):
    send(arena)
    waiting = OutboxEvent.objects.filter(audience=Audience.INTERNAL, seq=None)
    sent_at = NOON - timedelta(seconds=45)
    waiting.filter(pk=waiting.order_by("id").first().pk).update(id=first_id_of(sent_at))
    alerts = Alerts()
    alerts.watch_lag(NOON)
    alerts.watch_lag(NOON + timedelta(seconds=10))
    assert notices(arena) == ["Live events arrive late: the oldest has waited for 45 seconds."]


def test_events_in_time_are_not_told(arena):
    send(arena)
    OutboxEvent.objects.filter(audience=Audience.INTERNAL).update(seq=None)
    Alerts().watch_lag(NOON)
    assert notices(arena) == []


def test_cleanup_first_runs_a_day_after_the_first_start_and_then_daily(arena):
    old = NOON - 91 * DAY
    send(arena, after=old - NOON)
    cleanup = DailyCleanup()
    cleanup.run(NOON)
    cleanup.run(NOON + DAY / 2)
    assert ModerationLog.objects.count() == 1
    cleanup.run(NOON + DAY)
    assert not ModerationLog.objects.exists()
    assert AuditEntry.objects.get(action="content.removed").actor == "system"
    assert Lease.objects.get(name="cleanup").expires_at == NOON + 2 * DAY
    send(arena, after=old - NOON)
    cleanup.run(NOON + DAY * 1.5)
    assert ModerationLog.objects.count() == 1


def test_cleanup_goes_on_where_it_stopped(arena, monkeypatch):
    for number in range(3):
        send(arena, f"Hello {number}", after=-91 * DAY)
    monkeypatch.setattr("moderation.pipeline.retention.BATCH", 1)
    cleanup = DailyCleanup()
    cleanup.MOST_SECONDS = -1
    cleanup.run(NOON)
    for left in (2, 1, 0):
        cleanup.run(NOON + DAY)
        assert ModerationLog.objects.count() == left
    assert Lease.objects.get(name="cleanup").expires_at == NOON + DAY


def test_a_new_leader_finishes_what_another_began(arena):
    send(arena, after=-91 * DAY)
    DailyCleanup().run(NOON)
    DailyCleanup().run(NOON + DAY)
    assert not ModerationLog.objects.exists()
