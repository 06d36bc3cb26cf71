"""Queued messages that come twice, out of order or again after a kill: all ends as if once."""

import random
import signal
from collections import Counter

import pytest

from tests.delivery.amqp.broker import URL
from tests.delivery.sockets.telling import eventually
from tests.e2e.servers import environment_of
from tests.e2e.stores import stored
from tests.e2e.test_kill_queue_worker import broker, start  # noqa: F401 (a fixture)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.standalone,
    pytest.mark.faults,
    pytest.mark.services("rabbitmq"),
]
AUTHORS = [f"author{number}" for number in range(5)]
BLOCKED_EACH, HARMLESS_EACH = 4, 8
#: After the third strike an author is banned.
MOST_STRIKES = 3
COPIES = 3
EDITED = 20
#: Two workers start and do it in seconds, on a machine with nothing else to do.
PATIENCE_SECONDS = 300
#: One worker keeps the order: when this has its result, all others have theirs.
LAST = {"message_id": "last", "user_id": "somebody", "content": "Good night"}


@pytest.fixture
def database_url(tmp_path):
    return f"sqlite:///{tmp_path / 'live.sqlite3'}"


@pytest.fixture
def names(broker, database_url):  # noqa: F811
    stored(database_url, "make", "check")
    made = [broker.named(suffix) for suffix in ("messages", "results", "dead")]
    for name in made:
        broker.declare(name)
    return made


@pytest.fixture
def begin(names, database_url, tmp_path):
    """A function that starts a worker; all are ended with the test."""
    workers = []
    environment = environment_of(database_url, AMQP_URL=URL)
    with (tmp_path / "worker.log").open("ab") as log:

        def one():
            workers.append(start(names, environment, log))
            return workers[-1]

        yield one
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
            worker.wait()


def message(author, number, text):
    return {"message_id": f"{author}-{number}", "user_id": author, "content": text}


class Results:
    """What a queue ever got."""

    def __init__(self, broker, queue):  # noqa: F811
        self._broker, self._queue, self._ids = broker, queue, []

    def count(self):
        self._ids += [body["message_id"] for body in self._broker.bodies(self._queue)]
        return len(self._ids)

    def has(self, message_id):
        self.count()
        return message_id in self._ids


def test_copies_in_any_order_for_two_workers_count_once(broker, names, begin, database_url):  # noqa: F811
    texts = ["blockword"] * BLOCKED_EACH + ["Hello"] * HARMLESS_EACH
    wanted = [
        message(author, number, f"{text} {number}")
        for author in AUTHORS
        for number, text in enumerate(texts)
    ]
    sent = wanted * COPIES
    random.shuffle(sent)
    broker.put(names[0], *sent)
    begin()
    begin()
    results = Results(broker, names[1])
    eventually(lambda: results.count() == len(sent), PATIENCE_SECONDS)
    ended = stored(database_url, "outcome")
    assert ended["texts"] == {one["message_id"]: one["content"] for one in wanted}
    assert ended["strikes"] == dict.fromkeys(AUTHORS, MOST_STRIKES)
    assert ended["bans"] == dict.fromkeys(AUTHORS, 1)
    assert broker.take(names[2]) == []


def test_edits_that_come_again_after_a_kill_end_with_the_last(broker, names, begin, database_url):  # noqa: F811
    steps = ["Hello", "blockword", "Hello again"]
    sent = [
        message(f"author{number}", 0, f"{text} {number}")
        for number in range(EDITED)
        for text in steps
    ]
    broker.put(names[0], *sent, LAST)
    results = Results(broker, names[1])
    for part in (1, 2):
        worker = begin()
        eventually(lambda part=part: results.count() >= len(sent) * part // 3, PATIENCE_SECONDS)
        worker.kill()
        worker.wait()
    begin()
    eventually(lambda: results.has(LAST["message_id"]), PATIENCE_SECONDS)
    ended = stored(database_url, "outcome")
    assert ended["texts"].pop(LAST["message_id"]) == LAST["content"]
    assert ended["texts"] == {f"author{n}-0": f"Hello again {n}" for n in range(EDITED)}
    assert Counter(ended["strikes"].values()) == {1: EDITED}
    assert ended["bans"] == {}
