"""A queue worker that is killed loses no message and counts none twice."""

import json
import signal
import subprocess
import sys

import pytest

from tests.delivery.amqp.broker import URL, Broker
from tests.delivery.sockets.telling import eventually
from tests.e2e.servers import ROOT, environment_of
from tests.e2e.stores import stored

pytestmark = [
    pytest.mark.slow,
    pytest.mark.standalone,
    pytest.mark.faults,
    pytest.mark.services("rabbitmq"),
]
MESSAGES = 400
KILLS = 3


@pytest.fixture
def broker():
    made = Broker()
    yield made
    made.delete()


def start(names, environment, log):
    options = ("--queue", "--results", "--dead-letters")
    arguments = [part for pair in zip(options, names, strict=True) for part in pair]
    command = [sys.executable, "manage.py", "consume_queue", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


def test_a_killed_worker_loses_nothing(broker, tmp_path):
    database_url = f"sqlite:///{tmp_path / 'live.sqlite3'}"
    stored(database_url, "make", "check")
    names = [broker.named(suffix) for suffix in ("messages", "results", "dead")]
    for name in (*names, broker.named("messages_waiting")):
        broker.declare(name)
    wanted = [f"m{number}" for number in range(MESSAGES)]
    broker.put(
        names[0],
        *({"message_id": id_, "user_id": f"u{id_}", "content": f"Hello {id_}"} for id_ in wanted),
    )
    environment = environment_of(database_url, AMQP_URL=URL)
    results = []

    def count():
        results.extend(json.loads(message.body)["message_id"] for message in broker.take(names[1]))
        return len(set(results))

    with (tmp_path / "worker.log").open("ab") as log:
        for kill in range(1, KILLS + 1):
            worker = start(names, environment, log)
            eventually(lambda part=kill: count() >= MESSAGES * part // (KILLS + 1))
            worker.kill()
            worker.wait()
        worker = start(names, environment, log)
        eventually(lambda: count() == MESSAGES)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait() == 0
    assert set(results) == set(wanted)
    assert len(results) < 2 * MESSAGES
    assert (broker.take(names[0]), broker.take(names[2])) == ([], [])
    assert len(stored(database_url, "facts")["logs"]) == MESSAGES
