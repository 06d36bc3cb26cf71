"""A clock that was set back stops no relay and repeats no number."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from moderation.delivery import relay
from tests.delivery.relay.test_relay import ListSink, lead_of_another, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_services]


def test_a_lease_from_before_the_clock_was_set_back_is_over(arena):
    """Otherwise nobody would relay until the old time comes again."""
    lead_of_another(3600)
    assert relay.run_once([]).leads


def test_events_are_numbered_on_after_the_clock_was_set_back(arena):
    sink = ListSink()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        tell(arena, 1, 2)
        relay.run_once([sink])
    tell(arena, 3)
    relay.run_once([sink])
    assert sink.numbers == [1, 2, 3]
    assert [event.seq for event in sink.got] == list(range(1, len(sink.got) + 1))
