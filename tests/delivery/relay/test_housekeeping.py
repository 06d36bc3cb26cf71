"""What the relay's leader does now and then: alerts, and the daily cleanup."""

import threading
import time
from datetime import timedelta

import pytest

from moderation.delivery.relay import housekeeping
from moderation.delivery.relay.alerts import Alerts
from moderation.delivery.relay.housekeeping import DailyCleanup
from moderation.lib.http_client import CallFailed
from moderation.models import AuditAnchor, AuditEntry, Counter, Lease, ModerationLog, OutboxEvent
from moderation.models.events import Audience
from moderation.models.ids import first_id_of
from moderation.pipeline.retention import remove_old
from tests.messages import NOON, project, send

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


def test_each_project_is_told_of_its_own_late_events(arena):
    den = project("den")
    OutboxEvent.objects.all().delete()
    for each, seconds in ((arena, 45), (den, 40), (den, 35), (project("calm"), 10)):
        sent_at = NOON - timedelta(seconds=seconds)
        fields = {"audience": Audience.INTERNAL, "type": "x", "data": {}, "created_at": sent_at}
        OutboxEvent.objects.create(project=each, id=first_id_of(sent_at), **fields)
    Alerts().watch_lag(NOON)
    late = "Live events arrive late: the oldest has waited for {} seconds."
    assert [notices(each) for each in (arena, den)] == [[late.format(45)], [late.format(40)]]
    assert OutboxEvent.objects.filter(type="system_notification").count() == 2


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


def failing_for(monkeypatch, *projects):
    """Let the removal of these projects' old content fail."""

    def remove(project, *args, **kwargs):
        if project in projects:
            raise ValueError("broken")
        yield from remove_old(project, *args, **kwargs)

    monkeypatch.setattr(housekeeping, "remove_old", remove)


def test_a_project_that_fails_stops_no_other_and_is_tried_again_in_an_hour(arena, monkeypatch):
    den = project("den")
    for each in (arena, den):
        send(each, after=-91 * DAY)
    cleanup = DailyCleanup()
    cleanup.run(NOON)
    with monkeypatch.context() as while_broken:
        failing_for(while_broken, arena)
        cleanup.run(NOON + DAY)
    assert [log.project for log in ModerationLog.objects.all()] == [arena]
    cleanup.run(NOON + DAY + HOUR / 2)
    assert ModerationLog.objects.exists()
    cleanup.run(NOON + DAY + HOUR)
    assert not ModerationLog.objects.exists()
    assert Lease.objects.get(name="cleanup").expires_at == NOON + 2 * DAY + HOUR


def test_projects_that_fail_let_the_relay_go_on_in_between(arena, monkeypatch):
    den = project("den")
    send(den, after=-91 * DAY)
    failing_for(monkeypatch, arena)
    cleanup = DailyCleanup()
    cleanup.MOST_SECONDS = -1
    cleanup.run(NOON)
    cleanup.run(NOON + DAY)
    assert ModerationLog.objects.exists()
    cleanup.run(NOON + DAY)
    assert not ModerationLog.objects.exists()


def test_a_cleanup_that_broke_off_begins_again(arena, monkeypatch):
    send(arena, after=-91 * DAY)
    cleanup = DailyCleanup()
    cleanup.run(NOON)
    with monkeypatch.context() as while_broken:
        while_broken.setattr(housekeeping.Project, "objects", None)
        with pytest.raises(AttributeError):
            cleanup.run(NOON + DAY)
    cleanup.run(NOON + DAY)
    assert not ModerationLog.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_signatures_of_the_audit_log_are_copied_beside_the_relay(settings, tmp_path):
    project()
    housekeeping.do_all(NOON)
    housekeeping.anchor_copies.join()
    assert AuditAnchor.objects.get().published_at is None
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "anchors.jsonl")
    housekeeping.do_all(NOON + HOUR)
    housekeeping.anchor_copies.join()
    assert (tmp_path / "anchors.jsonl").read_text().count("signature") == 1
    assert AuditAnchor.objects.get().published_at == NOON + HOUR


@pytest.mark.django_db(transaction=True)
def test_a_server_that_takes_no_signatures_does_not_hold_up_the_relay(settings, monkeypatch):
    project()
    go_on = threading.Event()

    def post(*_arguments):
        assert go_on.wait(5)
        raise CallFailed("no answer within 10 s")

    monkeypatch.setattr("moderation.accounts.audit_witness.post", post)
    settings.AUDIT_ANCHOR_URL = "https://witness.example.org/anchors"
    started = time.monotonic()
    housekeeping.do_all(NOON)
    assert time.monotonic() - started < 5
    go_on.set()
    housekeeping.anchor_copies.join()
    assert AuditAnchor.objects.get().published_at is None
