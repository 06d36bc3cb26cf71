"""What an undo cancels: the events of its decision that no service outside has received yet."""

from uuid import uuid4

import pytest

from moderation.delivery import relay
from moderation.events.event import Cause
from moderation.events.outbox import cancel_pending
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
