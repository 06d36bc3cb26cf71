"""A thread answers the lane's requests in groups, and clients take turns."""

import asyncio
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from moderation.lane.requests import LaneRequest
from moderation.lib.rate_limit import Allowance

logger = logging.getLogger(__name__)

#: The most requests of a group, and about how many bytes of bodies: none waits for a long text
#: that happens to be in its group.
MOST_REQUESTS = 32
MOST_BYTES = 10_000
#: A group's statements cost nearly as much for one message as for eight. While many clients ask,
#: the thread waits this long for most of them: they ask again within a millisecond of an answer.
GATHER_SECONDS = 0.002
#: How many of them are enough.
GATHERED = 0.8
#: What is left, with each group, of the number of clients that asked at once.
CROWD_KEPT = 0.8
#: A spare thread takes a group once another is at work for so long: the database makes it wait.
#: Two threads that compute take the interpreter's lock from each other, which costs them a fifth.
HELD_UP_SECONDS = 0.05


@dataclass(frozen=True)
class Reply:
    headers: list[tuple[bytes, bytes]]
    body: bytes
    status: int = 200


@dataclass(eq=False)
class Task:
    """A request and what has been done for it; a batch is moderated in several turns."""

    request: LaneRequest
    body: bytes
    loop: asyncio.AbstractEventLoop
    #: Done when the task is.
    future: "asyncio.Future[None]"
    caller: Any = None
    #: What remains of the key's rates, which have counted the request.
    allowance: Allowance | None = None
    messages: list[dict[str, Any]] | None = None
    results: list[Any] = field(default_factory=list)
    is_done: bool = False
    #: None if Django should answer.
    reply: Reply | None = None

    def finish(self, reply: Reply | None) -> None:
        self.is_done, self.reply = True, reply

    def answer(self) -> None:
        if not self.future.done():
            self.future.set_result(None)


Work = Callable[[Sequence[Task]], None]


class Turns:
    """`work` does one turn for each task of a group; a task that is not done gets another.

    spares: threads that take a group only while another is held up.
    """

    def __init__(self, work: Work, spares: int = 0) -> None:
        self._work = work
        self._spares = spares
        lock = threading.Lock()
        self._changed = threading.Condition(lock)
        #: Tells the spare threads that there is something to watch.
        self._busy = threading.Condition(lock)
        self._waiting: OrderedDict[str, deque[Task]] = OrderedDict()
        self._waiting_count = 0
        self._at_work = 0
        #: When a thread last took a group.
        self._taken_at = 0.0
        #: About how many requests there were at once lately.
        self._crowd = 0.0
        self._started = False

    async def ask(self, request: LaneRequest, body: bytes) -> Task:
        """Return the request's task when it is done; without a reply, Django should answer it."""
        loop = asyncio.get_running_loop()
        task = Task(request, body, loop, loop.create_future())
        with self._changed:
            if not self._started:
                self._started = True
                for number, run in enumerate((self._run, *[self._stand_by] * self._spares)):
                    threading.Thread(target=run, name=f"lane_{number}", daemon=True).start()
            self._add(task)
            # Not at each: waking a thread that goes on gathering costs as much as a small query.
            if self._waiting_count == 1 or self._is_enough():
                self._changed.notify()
            if self._at_work:
                self._busy.notify()
        await task.future
        return task

    def _add(self, task: Task) -> None:
        self._waiting.setdefault(task.request.key, deque()).append(task)
        self._waiting_count += 1

    def _run(self) -> None:
        while True:
            self._take_turn(self._wait_for_group())

    def _stand_by(self) -> None:
        """Take turns as well, but only while another thread is held up."""
        while True:
            with self._changed:
                self._busy.wait_for(lambda: self._waiting)
            # Without the condition, which each further request would tell.
            time.sleep(HELD_UP_SECONDS)
            with self._changed:
                is_held_up = time.monotonic() - self._taken_at >= HELD_UP_SECONDS
                group = self._next_group() if is_held_up else []
            if group:
                self._take_turn(group)

    def _take_turn(self, group: Sequence[Task]) -> None:
        try:
            self._work(group)
        except Exception:
            logger.exception("A group of checks failed; Django answers those that are left")
            for task in group:
                if not task.is_done:
                    task.finish(None)
        done = [task for task in group if task.is_done]
        with self._changed:
            self._at_work -= len(group)
            for task in group:
                if not task.is_done:
                    self._add(task)
            if self._waiting:
                self._changed.notify()
        hand_over(done)

    def _wait_for_group(self) -> list[Task]:
        group: list[Task] = []
        with self._changed:
            # It is empty if a spare thread was quicker, or the clients left.
            while not group:
                self._changed.wait_for(lambda: self._waiting)
                if not self._is_enough():
                    self._changed.wait_for(self._is_enough, GATHER_SECONDS)
                group = self._next_group()
        return group

    def _is_enough(self) -> bool:
        """Say whether the next group should begin without waiting for more requests."""
        return self._waiting_count >= min(MOST_REQUESTS, int(GATHERED * self._crowd))

    def _next_group(self) -> list[Task]:
        """Take one task of each client, then another of each, until the group is full."""
        crowd = self._waiting_count + self._at_work
        self._crowd = max(crowd, CROWD_KEPT * self._crowd)
        group: list[Task] = []
        size = 0
        while self._waiting and len(group) < MOST_REQUESTS and size < MOST_BYTES:
            client, tasks = next(iter(self._waiting.items()))
            task = tasks.popleft()
            self._waiting_count -= 1
            if tasks:
                self._waiting.move_to_end(client)
            else:
                del self._waiting[client]
            if not task.future.cancelled():
                group.append(task)
                size += min(len(task.body), MOST_BYTES)
        if group:
            self._at_work += len(group)
            self._taken_at = time.monotonic()
        return group


def hand_over(tasks: Sequence[Task]) -> None:
    """Give the replies to their event loops, each of which is woken once."""
    for loop in {task.loop for task in tasks}:
        mine = [task for task in tasks if task.loop is loop]

        def answer_all(mine: Sequence[Task] = mine) -> None:
            for task in mine:
                task.answer()

        if not loop.is_closed():
            loop.call_soon_threadsafe(answer_all)
