"""A few threads that take turns between clients, so that none waits for another's queue."""

import asyncio
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

Result = TypeVar("Result")


class Job(NamedTuple):
    client: str
    work: Callable[[], Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"


class FairPool:
    """Runs jobs in threads, one client after the other.

    A client has at most `per_client` jobs running; its others wait, and delay nobody else. The
    threads start when they are needed, and never keep the process from ending.
    """

    def __init__(self, name: str, *, threads: int, per_client: int) -> None:
        self._name = name
        self._threads = threads
        self._per_client = per_client
        self._changed = threading.Condition()
        #: Jobs that wait, by client; the first client is the next one.
        self._waiting: OrderedDict[str, deque[Job]] = OrderedDict()
        self._jobs = 0
        self._running: Counter[str] = Counter()
        self._started = 0
        self._idle = 0

    async def run(self, client: str, work: Callable[[], Result]) -> Result:
        """Return what `work` returns, or raise what it raises.

        If the caller is cancelled before its turn, the job does not run.
        """
        loop = asyncio.get_running_loop()
        job = Job(client, work, loop, loop.create_future())
        with self._changed:
            self._waiting.setdefault(client, deque()).append(job)
            self._jobs += 1
            self._changed.notify()
            # A thread that was notified counts as idle until it runs.
            if self._jobs > self._idle and self._started < self._threads:
                self._started += 1
                name = f"{self._name}_{self._started}"
                threading.Thread(target=self._work, name=name, daemon=True).start()
        result: Result = await job.future
        return result

    def _work(self) -> None:
        while True:
            job = self._next()
            try:
                if not job.future.cancelled():
                    self._do(job)
            finally:
                with self._changed:
                    self._running[job.client] -= 1
                    if not self._running[job.client]:
                        del self._running[job.client]
                    # Its next job may have waited for this one.
                    self._changed.notify()

    def _next(self) -> Job:
        with self._changed:
            while True:
                may = (one for one in self._waiting if self._running[one] < self._per_client)
                client = next(may, None)
                if client is None:
                    self._idle += 1
                    self._changed.wait()
                    self._idle -= 1
                    continue
                jobs = self._waiting[client]
                job = jobs.popleft()
                self._jobs -= 1
                self._running[client] += 1
                if jobs:
                    self._waiting.move_to_end(client)
                else:
                    del self._waiting[client]
                return job

    @staticmethod
    def _do(job: Job) -> None:
        result, error = None, None
        try:
            result = job.work()
        except BaseException as raised:  # noqa: BLE001 - the caller gets it
            error = raised

        def hand_over() -> None:
            if job.future.done():
                return
            if error is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(error)

        if not job.loop.is_closed():
            job.loop.call_soon_threadsafe(hand_over)
