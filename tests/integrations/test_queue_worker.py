"""Messages of a RabbitMQ queue: results, dead letters, faults that pass (docs/rabbitmq.md)."""

import asyncio
import json
import threading
from contextlib import contextmanager

import pytest
from aio_pika import Message
from django.core.management import CommandError, call_command
from django.db import OperationalError

from moderation import rules
from moderation.integrations import queue_worker
from moderation.integrations.queue_worker import Queues, QueueWorker, Refused, moderate_body
from moderation.lib.errors import TooMany
from moderation.models import ModerationLog
from tests.delivery.sockets.telling import eventually

pytestmark = pytest.mark.django_db(transaction=True)
with_broker = pytest.mark.services("rabbitmq")
MESSAGE = {"message_id": "m1", "user_id": "u1", "content": "Shut up idiot"}
DONE = {"message_id": "m1", "approved": False, "action": "WARNING", "flagged": True}


@pytest.fixture
def queues(broker, arena):
    names = Queues(*map(broker.named, ("messages", "results", "dead")))
    assert names.waiting == broker.named("messages_waiting")
    for name in (names.messages, names.results, names.dead_letters, names.waiting):
        broker.declare(name)
    return names


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(queue_worker, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(queue_worker, "LONGEST_PAUSE_SECONDS", 0.05)


@contextmanager
def working(queues):
    worker, loops = QueueWorker(queues), []

    async def run():
        loops.append(asyncio.get_running_loop())
        await worker.run()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        yield worker
    finally:
        loops[0].call_soon_threadsafe(worker.stop)
        thread.join()


def results_after(broker, queues, count, *bodies):
    broker.put(queues.messages, *bodies)
    with working(queues) as worker:
        eventually(lambda: worker.done >= count)
    return broker.take(queues.results), broker.take(queues.dead_letters)


@with_broker
def test_each_message_has_a_persistent_result_in_order(broker, queues):
    others = [
        {**MESSAGE, "message_id": f"n{number}", "content": f"Hello {number}"} for number in range(3)
    ]
    results, dead = results_after(broker, queues, 4, MESSAGE, *others)
    assert [json.loads(one.body) for one in results] == [
        DONE,
        *({"message_id": f"n{number}", "approved": True, "action": None, "flagged": False}
          for number in range(3)),
    ]  # fmt: skip
    assert {one.delivery_mode for one in results} == {2}
    assert (dead, broker.take(queues.messages)) == ([], [])
    assert ModerationLog.objects.get(message_id="m1").channel_id == "default"


@with_broker
def test_a_message_that_comes_twice_has_the_same_result_and_one_log(broker, queues):
    results, _ = results_after(broker, queues, 2, MESSAGE, MESSAGE)
    assert [json.loads(one.body) for one in results] == [DONE, DONE]
    assert ModerationLog.objects.count() == 1


@with_broker
def test_what_can_never_succeed_is_a_dead_letter_and_holds_up_nothing(broker, queues):
    bad = [b"\xff{", b"[1]", {"message_id": "m2"}, {**MESSAGE, "project_id": "nowhere"}]
    results, dead = results_after(broker, queues, 5, *bad, MESSAGE)
    assert [json.loads(one.body) for one in results] == [DONE]
    reasons = [one.headers["reason"] for one in dead]
    assert "not JSON" in reasons[0]
    assert reasons[1] == "not a JSON object"
    assert "content: This field is required." in reasons[2]
    assert reasons[3].startswith("project_id: ")
    assert [one.body for one in dead][:2] == bad[:2]


@with_broker
def test_a_message_over_the_authors_limit_waits_and_holds_up_no_other(
    broker, queues, arena, monkeypatch
):
    rules.change_policy(arena, "tests", {"author_limits": {"per_minute": 1, "per_hour": None}})
    monkeypatch.setattr(queue_worker, "LONGEST_WAIT_SECONDS", 0.05)
    refusals = []
    judge = queue_worker.moderate_message

    def counted(message):
        try:
            return judge(message)
        except TooMany:
            refusals.append(message["message_id"])
            rules.change_policy(
                arena, "tests", {"author_limits": {"per_minute": None, "per_hour": None}}
            )
            raise

    monkeypatch.setattr(queue_worker, "moderate_message", counted)
    later = {**MESSAGE, "message_id": "m2"}
    others = {**MESSAGE, "message_id": "m3", "user_id": "u2"}
    results, dead = results_after(broker, queues, 3, MESSAGE, later, others)
    assert [json.loads(one.body)["message_id"] for one in results] == ["m1", "m3", "m2"]
    assert (refusals, dead, broker.take(queues.messages)) == (["m2"], [], [])


@with_broker
def test_more_waiting_messages_than_a_worker_holds_hold_up_no_other(
    broker, queues, arena, monkeypatch
):
    rules.change_policy(arena, "tests", {"author_limits": {"per_minute": 1, "per_hour": None}})
    monkeypatch.setattr(queue_worker, "PREFETCH", 2)
    flood = [{**MESSAGE, "message_id": f"f{number}"} for number in range(6)]
    other = {**MESSAGE, "message_id": "other", "user_id": "u2"}
    results, dead = results_after(broker, queues, 2, *flood, other)
    assert [json.loads(one.body)["message_id"] for one in results] == ["f0", "other"]
    waiting = broker.take(queues.waiting)
    assert {json.loads(one.body)["message_id"] for one in waiting} == {f"f{n}" for n in range(1, 6)}
    assert {one.delivery_mode for one in waiting} == {2}
    assert (dead, broker.take(queues.messages)) == ([], [])


@with_broker
def test_a_message_that_waited_keeps_what_it_came_with(broker, queues, monkeypatch):
    refusals = [TooMany("too many", wait=1)]
    monkeypatch.setattr(queue_worker, "LONGEST_WAIT_SECONDS", 0.05)

    def refuse_first(_body):
        raise refusals.pop() if refusals else Refused("never")

    monkeypatch.setattr(queue_worker, "moderate_body", refuse_first)
    sent = Message(b"hello", headers={"a": 1}, correlation_id="c1", content_type="text/plain")
    results, (dead,) = results_after(broker, queues, 1, sent)
    assert (results, dead.body, dead.correlation_id) == ([], b"hello", "c1")
    assert (dead.content_type, dead.headers) == ("text/plain", {"a": 1, "reason": "never"})


@with_broker
def test_a_database_that_is_away_is_waited_for(broker, queues, monkeypatch):
    faults = [OperationalError("the database is away")] * queue_worker.MOST_ATTEMPTS * 2
    judge = queue_worker.moderate_message

    def flaky(message):
        if faults:
            raise faults.pop()
        return judge(message)

    monkeypatch.setattr(queue_worker, "moderate_message", flaky)
    results, dead = results_after(broker, queues, 1, MESSAGE)
    assert ([json.loads(one.body) for one in results], dead, faults) == ([DONE], [], [])


@with_broker
def test_an_error_of_ours_becomes_a_dead_letter_in_the_end(broker, queues, monkeypatch):
    def broken(message):
        raise ZeroDivisionError("the words of the message")

    monkeypatch.setattr(queue_worker, "moderate_message", broken)
    results, dead = results_after(broker, queues, 1, MESSAGE)
    assert results == []
    assert [one.headers["reason"] for one in dead] == ["could not be judged: ZeroDivisionError"]


@with_broker
def test_a_broker_that_goes_away_gets_every_result_later(broker, gate, queues):
    broker.put(queues.messages, MESSAGE)
    with working(queues) as worker:
        eventually(lambda: worker.done == 1)
        gate.shut()
        broker.put(queues.messages, {**MESSAGE, "message_id": "m2"})
        gate.open()
        came = []

        def has_come(message_id):
            came.extend(json.loads(one.body)["message_id"] for one in broker.take(queues.results))
            return message_id in came

        eventually(lambda: has_come("m2"))
    # If the connection breaks before the acknowledgement of a message arrives, it comes again.
    assert list(dict.fromkeys(came)) == ["m1", "m2"]


def test_deep_json_is_refused():
    with pytest.raises(Refused, match="not JSON"):
        moderate_body(b"[" * 100_000)


def test_the_command_asks_for_a_broker():
    with pytest.raises(CommandError, match="Set AMQP_URL"):
        call_command("consume_queue")
