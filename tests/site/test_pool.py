"""Clients take turns: one that asks for much delays only itself."""

import asyncio
import threading

import pytest

from moderation_site.server.pool import FairPool


@pytest.fixture
def pool():
    return FairPool("test", threads=2, per_client=1)


async def test_it_returns_what_the_work_returns_or_raises(pool):
    assert await pool.run("ana", lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await pool.run("ana", lambda: 1 / 0)


async def test_a_client_with_slow_work_does_not_hold_every_thread(pool):
    release = threading.Event()
    slow = [asyncio.ensure_future(pool.run("slow", release.wait)) for _ in range(5)]
    assert await pool.run("quick", lambda: "done") == "done"
    release.set()
    assert await asyncio.gather(*slow) == [True] * 5


async def test_clients_take_turns(pool):
    release, order = threading.Event(), []
    pool = FairPool("test", threads=1, per_client=1)
    first = asyncio.ensure_future(pool.run("gate", release.wait))
    jobs = [
        pool.run(client, lambda client=client: order.append(client))
        for client in ["ana", "ana", "ana", "ben", "eve"]
    ]
    waiting = asyncio.gather(*jobs)
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(first, waiting)
    assert order == ["ana", "ben", "eve", "ana", "ana"]


async def test_two_jobs_at_once_do_not_wait_for_one_thread():
    pool, both = FairPool("test", threads=2, per_client=2), threading.Barrier(2, timeout=30)
    await pool.run("ana", lambda: None)  # one thread is idle now
    await asyncio.gather(pool.run("ana", both.wait), pool.run("ana", both.wait))


async def test_work_whose_caller_left_does_not_run(pool):
    release, ran = threading.Event(), []
    pool = FairPool("test", threads=1, per_client=1)
    first = asyncio.ensure_future(pool.run("gate", release.wait))
    await asyncio.sleep(0)
    left = asyncio.ensure_future(pool.run("ana", lambda: ran.append("ana")))
    await asyncio.sleep(0)
    left.cancel()
    release.set()
    await first
    assert await pool.run("ben", lambda: list(ran)) == []
