"""The leader, Redis and RabbitMQ die and come back, and nobody misses or repeats an event.

`LIVE_SECONDS=60 LIVE_RATE=60` lets the story go on for a minute at sixty checks a second, and
`LIVE_RABBITMQ=1` starts a RabbitMQ of its own and kills it.
"""

import asyncio
import itertools
import json
import os
import random
import sys
import time
from collections import defaultdict
from urllib.parse import urlsplit

import psycopg
import pytest

from moderation.delivery.amqp.connection import EXCHANGE
from tests.delivery.amqp.broker import Gate
from tests.delivery.webhooks.receiver import receiving
from tests.e2e.live import Queue, RabbitMQ, Redis, reading, writing
from tests.e2e.servers import LiveServer
from tests.e2e.stores import stored
from tests.services import ADDRESSES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.standalone,
    pytest.mark.faults,
    pytest.mark.services("postgresql", "redis", "rabbitmq"),
]
SECONDS = float(os.environ.get("LIVE_SECONDS", "0"))
#: RabbitMQ is then killed itself, in place of the way to it.
OWN_RABBITMQ = bool(os.environ.get("LIVE_RABBITMQ"))
RATE = float(os.environ.get("LIVE_RATE", "20"))
#: More clients than servers: while one is dead the others go on.
CLIENTS = 4 if RATE <= 20 else 24
#: Parts of the story, each with this many answers at least.
PARTS = 6
ANSWERS = 10
SETTLE_SECONDS = 180


@pytest.fixture
def database_url():
    name = f"gavel_live_{random.randrange(16**8):08x}"
    with psycopg.connect(ADDRESSES["postgresql"], autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield urlsplit(ADDRESSES["postgresql"])._replace(path=f"/{name}").geturl()
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def redis(tmp_path):
    running = Redis(tmp_path)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def receiver():
    with receiving() as found:
        yield found


@pytest.fixture
def gate(tmp_path):
    """Return what leads to RabbitMQ: a gate to the one that is there, or one of our own."""
    made = RabbitMQ(tmp_path) if OWN_RABBITMQ else Gate()
    made.open()
    yield made
    made.end() if OWN_RABBITMQ else made.shut()


@pytest.fixture
def queue(gate):
    return Queue(gate.url if OWN_RABBITMQ else ADDRESSES["rabbitmq"], EXCHANGE)


@pytest.fixture
def servers(database_url, redis, gate, tmp_path):
    variables = {
        "REDIS_URL": redis.url, "AMQP_URL": gate.url, "WEBHOOK_ALLOW_PRIVATE": "true",
    }  # fmt: skip
    made = [LiveServer(database_url, tmp_path / name, **variables) for name in "ab"]
    yield made
    for server in made:
        server.stop()


def read(database_url, query):
    with psycopg.connect(database_url) as connection:
        return connection.execute(query).fetchall()


def last_seq(database_url):
    """Return the last number once nothing waits to be sent; None before."""
    ((waiting,),) = read(
        database_url, "SELECT count(*) FROM moderation_outboxevent WHERE sent_at IS NULL"
    )
    last = read(
        database_url,
        "SELECT seq, type FROM moderation_outboxevent ORDER BY seq DESC NULLS LAST LIMIT 1",
    )
    return last[0][0] if not waiting and last and last[0][1] == "stats_update" else None


async def until(condition):
    async with asyncio.timeout(SETTLE_SECONDS):
        while not (found := await asyncio.to_thread(condition)):  # noqa: ASYNC110 (processes)
            await asyncio.sleep(0.1)
    return found


async def part(clients):
    """Let a part of the story pass, with some answers in it."""
    before, over = sum(len(client.answers) for client in clients), time.monotonic()
    over += SECONDS / PARTS
    await until(
        lambda: (
            time.monotonic() >= over
            and sum(len(client.answers) for client in clients) >= before + ANSWERS
        )
    )


def by_author(events):
    """Return each author's events, in the order of their first arrival, without repeats."""
    found = defaultdict(dict)
    for id_, author in events:
        found[author].setdefault(id_)
    return {author: list(ids) for author, ids in found.items()}


def first_wrong(numbers, wanted):
    """Return where two rows of numbers differ first; None if they do not."""
    pairs = itertools.zip_longest(numbers, wanted)
    return next((pair for pair in pairs if pair[0] != pair[1]), None)


async def let_all_die_once(clients, leader, redis, gate):
    """Kill the leader, Redis and the way to RabbitMQ, one after the other, and bring them back."""
    await part(clients)
    await asyncio.to_thread(leader.kill)
    await part(clients)
    await asyncio.to_thread(leader.start)
    redis.kill()
    await part(clients)
    redis.start()
    await asyncio.to_thread(gate.shut)
    await part(clients)
    await asyncio.to_thread(gate.open)
    await part(clients)
    await part(clients)


def leader_of(database_url, servers):
    ((holder,),) = read(database_url, "SELECT holder FROM moderation_lease WHERE name = 'relay'")
    (leader,) = [server for server in servers if f":{server.pid}:" in holder]
    return leader


async def test_nobody_misses_or_repeats_an_event(
    database_url, redis, gate, queue, receiver, servers
):
    allowed = {"WEBHOOK_ALLOW_PRIVATE": "true"}
    key = stored(database_url, "hooked", receiver.url, "check", "read", **allowed)
    for server in servers:
        await asyncio.to_thread(server.start)
    leader = leader_of(database_url, servers)
    async with reading(servers, key) as heard:
        async with writing(servers, key, RATE, CLIENTS) as clients:
            await let_all_die_once(clients, leader, redis, gate)
        last = await until(lambda: last_seq(database_url))
        await until(lambda: all(each.last >= last for each in heard))
    told = await queue.take()
    external = read(
        database_url,
        "SELECT id::text, data FROM moderation_outboxevent WHERE audience = 'outside' ORDER BY id",
    )
    ids = {id_ for id_, _ in external}
    await until(lambda: ids <= {headers["webhook-id"] for headers, _ in receiver.got})
    counts = dict(
        read(database_url, "SELECT status, count(*) FROM moderation_moderationlog GROUP BY status")
    )
    checks = sum(counts.values())

    assert [client.refused for client in clients] == [[]] * CLIENTS
    assert checks == sum(len(client.answers) for client in clients)
    assert [first_wrong(each.numbers, range(1, last + 1)) for each in heard] == [None] * 4
    figures = {"total_content": checks, **counts}
    assert [{name: each.stats[name] for name in figures} for each in heard] == [figures] * 4
    # Others may use the broker at the same time.
    ours = [(one["event_id"], one["data"]["user_id"]) for one in told if one["event_id"] in ids]
    came = by_author(ours)
    sent = by_author((id_, data["user_id"]) for id_, data in external)
    assert [author for author, ids in sent.items() if came.get(author) != ids] == []
    told_of = {"checks": checks, "events": last, "external": len(ids)}
    told_of |= {"in the queue": len(ours), "webhooks": len(receiver.got)}
    sys.stdout.write(f"{json.dumps(told_of)}\n")
