"""Requests are taken in groups: many clients' together, one client's at once."""

import asyncio
import threading

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


def test_many_clients_requests_are_taken_together(monkeypatch):
    monkeypatch.setattr(turns, "GATHER_SECONDS", 30.0)
    expected = 12
    work = Work()
    asked = Turns(work)
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
    asyncio.run(asyncio.wait_for(busy(Turns(work), "alone", 50), 30))
    assert work.groups == [["alone"]] * 50


def test_after_the_crowd_has_gone_one_client_waits_only_for_a_moment():
    work = Work()
    asked = Turns(work)

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
    asked = Turns(work)
    asyncio.run(asyncio.wait_for(asked.ask(request_of("batch"), b"5"), 30))
    assert work.groups == [["batch"]] * 5


def test_a_task_that_waits_is_answered_though_others_never_come(monkeypatch):
    """The crowd was large, the clients are gone, and one is left."""
    monkeypatch.setattr(turns, "GATHER_SECONDS", 0.01)
    work = Work()
    asked = Turns(work)
    asked._crowd = 1000.0
    asyncio.run(asyncio.wait_for(busy(asked, "left", 1), 30))
    assert work.groups == [["left"]]


async def test_a_group_that_fails_leaves_what_was_answered_before(caplog):
    def work(group):
        first, *_ = group
        first.finish(Reply([], b"stored"))
        raise ValueError("the second")

    asked = Turns(work)
    asked._crowd = 2 / turns.GATHERED
    tasks = await asyncio.gather(*(asked.ask(request_of(name), b"1") for name in ("ana", "ben")))
    replies = [task.reply and task.reply.body for task in tasks]
    assert b"stored" in replies
    assert "Django answers" in caplog.text


class HeldUp(Work):
    """A group with this client in it waits until it is let go, as for a lock of the database."""

    def __init__(self, client):
        super().__init__()
        self.client = client
        self.is_held = threading.Event()
        self.let_go = threading.Event()

    def __call__(self, group):
        if any(task.request.key == self.client for task in group):
            self.is_held.set()
            self.let_go.wait(30)
        super().__call__(group)


async def test_a_spare_thread_goes_on_while_another_is_held_up():
    work = HeldUp("ana")
    asked = Turns(work, spares=1)
    first = asyncio.create_task(busy(asked, "ana", 1))
    await asyncio.to_thread(work.is_held.wait, 10)
    await asyncio.wait_for(busy(asked, "ben", 3), 10)
    assert work.groups == [["ben"]] * 3
    work.let_go.set()
    await asyncio.wait_for(first, 10)
    assert work.groups[3:] == [["ana"]]


async def test_a_spare_thread_leaves_the_work_to_one_that_is_not_held_up(monkeypatch):
    takers = set()
    work = Work()

    def noted(group):
        takers.add(threading.current_thread().name)
        work(group)

    monkeypatch.setattr(turns, "HELD_UP_SECONDS", 60.0)
    asked = Turns(noted, spares=1)
    await asyncio.wait_for(all_busy(asked, 16, 20), 30)
    assert takers == {"lane_0"}


async def test_what_was_held_up_and_what_a_spare_thread_did_are_counted_once():
    work = HeldUp("ana")
    asked = Turns(work, spares=1)
    first = asyncio.create_task(busy(asked, "ana", 1))
    await asyncio.to_thread(work.is_held.wait, 10)
    await asyncio.wait_for(all_busy(asked, 8, 1), 10)
    work.let_go.set()
    await asyncio.wait_for(first, 10)
    # The thread subtracts a group before it hands its replies over.
    assert asked._at_work == asked._waiting_count == 0
    assert sorted(client for group in work.groups for client in group) == sorted(
        ["ana", *(f"client-{n}" for n in range(8))]
    )
