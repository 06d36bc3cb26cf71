"""External events through RabbitMQ: shape, order, a broker that is away, what staff are told."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from moderation.delivery import relay
from moderation.delivery.amqp import sink as sinks
from moderation.delivery.amqp import state
from moderation.delivery.amqp.publisher import Outgoing, rounds
from moderation.delivery.amqp.sink import AmqpSink
from moderation.delivery.relay.ticks import Relay
from moderation.events.event import MESSAGE_BLOCKED, SYSTEM_NOTIFICATION, USER_BANNED, Event
from moderation.events.outbox import publish
from moderation.models import Destination, OutboxEvent
from tests.delivery.relay.test_relay import ListSink
from tests.delivery.sockets.telling import eventually, project

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services("rabbitmq")]


@pytest.fixture
def arena():
    return project()


@pytest.fixture
def sink(broker):
    made = AmqpSink(broker.exchange)
    yield made
    made.close()


def tell(arena, *numbers, user_id="zed", kind=MESSAGE_BLOCKED):
    for number in numbers:
        data = {"user_id": user_id, "number": number, "project_id": arena.slug}
        with transaction.atomic():
            publish(Event(arena, kind, data))


def numbers(bodies):
    return [body["data"]["number"] for body in bodies]


def test_an_event_has_the_documented_shape(arena, broker, sink):
    tell(arena, 1, kind=USER_BANNED)
    relay.run_once([sink])
    (message,) = broker.take()
    event = OutboxEvent.objects.get(audience="outside")
    body = json.loads(message.body)
    assert list(body) == ["event_type", "timestamp", "data", "event_id", "service", "version"]
    assert (body["event_type"], body["service"]) == (USER_BANNED, "gavel")
    assert body["data"] == {"user_id": "zed", "number": 1, "project_id": "arena"}
    assert (message.routing_key, message.message_id) == (USER_BANNED, str(event.pk))
    assert (message.content_type, message.delivery_mode) == ("application/json", 2)
    assert UUID(body["event_id"]) == event.pk
    assert event.sent_at


def test_what_a_moderator_decides_waits_for_its_hold(arena, broker, sink):
    tell(arena, 1)
    later = timezone.now() + timedelta(hours=1)
    OutboxEvent.objects.update(hold_until=later)
    relay.run_once([sink])
    assert broker.take() == []
    OutboxEvent.objects.update(hold_until=timezone.now())
    relay.run_once([sink])
    assert numbers(broker.bodies()) == [1]


def test_events_wait_while_the_broker_is_away_and_other_sinks_do_not(arena, broker, gate, sink):
    other = ListSink(audience="outside")
    one = Relay([sink, other])
    gate.shut()
    tell(arena, 1, 2, 3)
    one.tick()
    assert (other.numbers, OutboxEvent.objects.filter(sent_at=None).count()) == ([1, 2, 3], 3)
    gate.open()
    eventually(lambda: one.tick() and not OutboxEvent.objects.filter(sent_at=None).exists())
    assert (numbers(broker.bodies()), other.numbers) == ([1, 2, 3], [1, 2, 3])
    one.give_up()


def test_a_connection_that_breaks_loses_nothing(arena, broker, gate, sink):
    one = Relay([sink])
    tell(arena, 1)
    one.tick()
    gate.shut()
    tell(arena, 2)
    one.tick()
    gate.open()
    tell(arena, 3)
    eventually(lambda: one.tick() and not OutboxEvent.objects.filter(sent_at=None).exists())
    assert numbers(broker.bodies()) == [1, 2, 3]
    one.give_up()


def test_what_the_broker_does_not_confirm_comes_again(arena, broker, gate, sink, monkeypatch):
    monkeypatch.setattr("moderation.delivery.amqp.publisher.CONFIRM_SECONDS", 0.2)
    one = Relay([sink])
    tell(arena, 1)
    one.tick()
    gate.is_mute = True
    tell(arena, 2)
    one.tick()
    assert OutboxEvent.objects.filter(sent_at=None).count() == 1
    gate.is_mute = False
    eventually(lambda: one.tick() and not OutboxEvent.objects.filter(sent_at=None).exists())
    assert list(dict.fromkeys(numbers(broker.bodies()))) == [1, 2]
    one.give_up()


def test_messages_of_one_author_leave_one_after_the_other():
    outgoing = [
        Outgoing(uuid4(), (1, author), "x", body)
        for author, body in (("a", b"1"), ("a", b"2"), ("b", b"3"), ("a", b"4"))
    ]
    assert [[one.body for one in each] for each in rounds(outgoing)] == [
        [b"1", b"3"],
        [b"2"],
        [b"4"],
    ]
    assert list(rounds([])) == []


def test_staff_hear_once_of_a_broker_that_is_away_and_once_that_it_is_back(
    arena, gate, sink, caplog
):
    def told():
        events = OutboxEvent.objects.filter(type=SYSTEM_NOTIFICATION).order_by("id")
        return [(event.data["type"], event.data["message"]) for event in events]

    now = timezone.now()
    sink.check(now)
    stored = Destination.objects.get()
    assert (stored.is_connected, stored.error) == (True, "")
    gate.shut()
    eventually(lambda: sink.check(now) or not Destination.objects.get().is_connected)
    sink.check(now + timedelta(seconds=59))
    assert told() == []
    for seconds in (61, 71):
        sink.check(now + timedelta(seconds=seconds))
    assert told() == [("error", sinks.AWAY)]
    assert Destination.objects.get().error
    # Once for the connection that broke, once for those that were refused.
    assert caplog.text.count("RabbitMQ is away") <= 2
    gate.open()
    eventually(lambda: sink.check(now) or Destination.objects.get().is_connected)
    assert told() == [("error", sinks.AWAY), ("success", sinks.BACK)]


def test_a_broker_away_for_two_minutes_gets_everything_in_order_when_it_is_back(
    arena, broker, gate, sink
):
    one, now = Relay([sink]), timezone.now()
    gate.shut()
    for step in range(5):
        tell(arena, 2 * step, user_id="zed")
        tell(arena, 2 * step + 1, user_id="ana")
        later = now + timedelta(seconds=30 * step)
        one.tick()
        sink.check(later)
    assert broker.bodies() == []
    notices = OutboxEvent.objects.filter(type=SYSTEM_NOTIFICATION)
    assert [event.data["message"] for event in notices] == [sinks.AWAY]
    gate.open()
    eventually(lambda: one.tick() and not OutboxEvent.objects.filter(sent_at=None).exists())
    came = list(dict.fromkeys(numbers(broker.bodies())))
    assert [number for number in came if number % 2 == 0] == [0, 2, 4, 6, 8]
    assert [number for number in came if number % 2] == [1, 3, 5, 7, 9]
    one.give_up()


def test_how_much_was_sent_is_counted(arena, broker, sink):
    tell(arena, 1, 2)
    relay.run_once([sink])
    sink.check(timezone.now())
    assert Destination.objects.get().sent == 2


def test_health_says_whether_the_broker_answers(client, gate, monkeypatch):
    monkeypatch.setattr(state, "KEPT_SECONDS", 0.0)

    def rabbitmq():
        return client.get("/api/v1/health").json()["dependencies"]["rabbitmq"]

    assert rabbitmq() == "connected"
    gate.shut()
    assert rabbitmq() == "unreachable"
    assert "guest" not in state.rabbitmq_error()
