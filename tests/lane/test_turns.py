"""Requests are taken in groups: many clients' together, one client's at once."""

import asyncio

import pytest

from moderation.lane import turns
from moderation.lane.requests import LaneRequest
from moderation.lane.turns import Reply, Turns


def request_of(client):
    return LaneRequest(
        path="/api/v1/moderation/check",
        key=client,
        is_key_shown=False,
        door=None,
        origin="",
        request_id="r",
        accept_language="",
        is_secure=False,
    )


class Work:
    """Answers each task and notes the groups; a batch needs several turns."""

    def __init__(self):
        self.groups = []

    def __call__(self, group):
        self.groups.append([task.request.key for task in group])
        for task in group:
            task.results.append(1)
            if len(task.results) >= int(task.body or b"1"):
                task.finish(Reply([], b""))


async def busy(asked, client, times):
    for _ in range(times):
        await asked.ask(request_of(client), b"1")


async def all_busy(asked, clients, times):
    await asyncio.gather(*(busy(asked, f"client-{n}", times) for n in range(clients)))


@pytest.mark.parametrize(("threads", "expected"), [(1, 12), (2, 6)])
def test_many_clients_requests_are_taken_together(threads, expected, monkeypatch):
    monkeypatch.setattr(turns, "GATHER_SECONDS", 30.0)
    work = Work()
    asked = Turns(work, threads)
    asked._crowd = 16.0

    async def one_after_the_other():
        tasks = []
        for number in range(expected):
            tasks.append(asyncio.create_task(busy(asked, f"client-{number}", 1)))
            # A thread that does not wait takes this one alone.
            await asyncio.sleep(0.02)
        await asyncio.wait_for(asyncio.gather(*tasks), 30)

    asyncio.run(one_after_the_other())
    assert [len(group) for group in work.groups] == [expected]


def test_a_client_that_is_alone_never_waits_for_others(monkeypatch):
    monkeypatch.setattr(turns, "GATHER_SECONDS", 60.0)
    work = Work()
    asyncio.run(asyncio.wait_for(busy(Turns(work, 1), "alone", 50), 30))
    assert work.groups == [["alone"]] * 50


def test_after_the_crowd_has_gone_one_client_waits_only_for_a_moment():
    work = Work()
    asked = Turns(work, 1)

    async def crowd_then_one():
        await all_busy(asked, 32, 3)
        work.groups.clear()
        await busy(asked, "alone", 40)

    asyncio.run(crowd_then_one())
    assert work.groups == [["alone"]] * 40
    assert asked._crowd < 2


def test_a_batch_gets_its_turns_while_nobody_else_asks(monkeypatch):
    monkeypatch.setattr(turns, "GATHER_SECONDS", 60.0)
    work = Work()
    asked = Turns(work, 1)
    asyncio.run(asyncio.wait_for(asked.ask(request_of("batch"), b"5"), 30))
    assert work.groups == [["batch"]] * 5


def test_a_task_that_waits_is_answered_though_others_never_come(monkeypatch):
    """The crowd was large, the clients are gone, and one is left."""
    monkeypatch.setattr(turns, "GATHER_SECONDS", 0.01)
    work = Work()
    asked = Turns(work, 2)
    asked._crowd = 1000.0
    asyncio.run(asyncio.wait_for(busy(asked, "left", 1), 30))
    assert work.groups == [["left"]]


async def test_a_group_that_fails_leaves_what_was_answered_before(caplog):
    def work(group):
        first, *_ = group
        first.finish(Reply([], b"stored"))
        raise ValueError("the second")

    asked = Turns(work, 1)
    asked._crowd = 2 / turns.GATHERED
    tasks = await asyncio.gather(*(asked.ask(request_of(name), b"1") for name in ("ana", "ben")))
    replies = [task.reply and task.reply.body for task in tasks]
    assert b"stored" in replies
    assert "Django answers" in caplog.text
