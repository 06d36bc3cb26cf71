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


@pytest.mark.parametrize("threads", [1, 2])
def test_many_clients_requests_are_taken_together(threads, monkeypatch):
    monkeypatch.setattr(turns, "GATHER_SECONDS", 0.2)
    work = Work()
    asyncio.run(all_busy(Turns(work, threads), 16, 20))
    assert sum(map(len, work.groups)) == 320
    # The first groups do not know yet how many ask, and the last find few that are left.
    assert len(work.groups) <= 320 / 8 + 12


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
