"""What is stored of an event, and what an undo cancels: what no service outside has received."""

from uuid import uuid4

import pytest

from moderation.delivery import relay
from moderation.events.event import Cause, Event
from moderation.events.outbox import cancel_pending, publish
from moderation.events.wakeup import Wakeup, relay_wakeup
from moderation.models import OutboxEvent
from tests.delivery.sockets.telling import tell
from tests.messages import NOON

pytestmark = pytest.mark.on_services

WARNING = "moderation.warning"


@pytest.fixture
def cause():
    return uuid4()


def cancelled():
    return OutboxEvent.objects.exclude(cancelled_at=None)


def test_what_waits_is_cancelled(arena, cause):
    tell(arena, 1, 2, type_=WARNING, cause=Cause("tests", decision=cause))
    assert cancel_pending(cause, NOON) == 2
    assert list(cancelled().values_list("cancelled_at", flat=True)) == [NOON, NOON]


def test_what_was_sent_stays_sent(arena, cause):
    tell(arena, 1, type_=WARNING, cause=Cause("tests", decision=cause))
    relay.run_once([])
    tell(arena, 2, type_=WARNING, cause=Cause("tests", decision=cause))
    assert cancel_pending(cause, NOON) == 1
    assert [event.data for event in cancelled()] == [{"number": 2}]


def test_nothing_is_cancelled_twice(arena, cause):
    tell(arena, 1, type_=WARNING, cause=Cause("tests", decision=cause))
    cancel_pending(cause, NOON)
    assert cancel_pending(cause, NOON) == 0


def test_other_decisions_and_live_events_are_left_alone(arena, cause):
    tell(arena, 1, type_=WARNING, cause=Cause("tests", decision=uuid4()))
    tell(arena, 2, cause=Cause("tests", decision=cause))
    assert cancel_pending(cause, NOON) == 0
    assert not cancelled().exists()


@pytest.mark.parametrize(("type_", "audience"), [(WARNING, "outside"), ("ban_update", "house")])
def test_an_event_is_stored_with_all_that_it_says(arena, cause, type_, audience):
    why = Cause("noor", "rude", cause, NOON)
    publish(Event(arena, type_, {"a": 1}, tally={"total": 1}, cause=why), now=NOON)
    stored = OutboxEvent.objects.filter(type=type_).values().get()
    stored.pop("id")
    assert stored == {
        "project_id": arena.pk, "audience": audience, "type": type_, "data": {"a": 1},
        "tally": {"total": 1}, "cause": cause, "created_at": NOON, "hold_until": NOON,
        "seq": None, "sent_at": None, "cancelled_at": None,
    }  # fmt: skip


def test_events_keep_their_order_and_wake_the_relay_once_they_are_stored(
    arena, django_capture_on_commit_callbacks
):
    relay_wakeup.wait(0)
    with django_capture_on_commit_callbacks(execute=True):
        publish(Event(arena, "b", {}), Event(arena, "a", {}), now=NOON)
        publish(now=NOON)
        assert not relay_wakeup.wait(0)
    assert relay_wakeup.wait(0)
    newest = OutboxEvent.objects.filter(created_at=NOON).order_by("id")
    assert list(newest.values_list("type", "cause", "hold_until")) == [
        ("b", None, None),
        ("a", None, None),
    ]


def test_without_an_event_nobody_is_woken(arena, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        publish(now=NOON)
    assert callbacks == []


def test_a_call_while_nobody_waits_ends_the_next_wait_alone():
    wakeup = Wakeup()
    wakeup.notify()
    assert [wakeup.wait(0), wakeup.wait(0)] == [True, False]
