"""Score the texts of many callers in few calls: a transformer reads eight together far faster."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Score = TypeVar("Score")

#: Measured best on a processor: larger batches take longer without giving more a second.
BATCH_SIZE = 8
#: Texts that may wait. Beyond it the oldest that nobody waits for any more goes, or none comes in.
CAPACITY = 256


@dataclass(eq=False, slots=True)
class _Job(Generic[Score]):
    text: str
    #: When its caller stops waiting, on the monotonic clock.
    until: float
    future: Future[Score] = field(default_factory=Future)


class Batcher(Generic[Score]):
    """Calls `score` with up to eight texts at a time, in a thread of its own.

    What somebody waits for comes before what is late, the oldest first, together with those
    nearest to it in length: padding costs as much as text.
    """

    def __init__(
        self,
        score: Callable[[Sequence[str]], Sequence[Score]],
        *,
        size: int = BATCH_SIZE,
        capacity: int = CAPACITY,
    ) -> None:
        self._score = score
        self._size = size
        self._capacity = capacity
        self._changed = threading.Condition()
        self._waiting: list[_Job[Score]] = []
        self._batch: list[_Job[Score]] = []
        self._busy_since: float | None = None
        self._is_closed = False
        # A daemon: a model that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="batcher", daemon=True)
        self._thread.start()

    def submit(self, text: str, wait: float) -> Future[Score] | None:
        """Return the score to come, or None where too many wait.

        After `wait` seconds the text counts as late: it is scored once nobody else waits, or
        its future is cancelled to make room.
        """
        job: _Job[Score] = _Job(text, time.monotonic() + wait)
        dropped = None
        with self._changed:
            if len(self._waiting) >= self._capacity:
                dropped = self._oldest_late()
                if dropped is None:
                    return None
                self._waiting.remove(dropped)
            self._waiting.append(job)
            self._changed.notify()
        # Outside the lock: a cancelled future calls back.
        if dropped:
            dropped.future.cancel()
        return job.future

    def worth_waiting_until(self, future: Future[Score]) -> float:
        """Return until when its caller does well to wait for a score, on the monotonic clock.

        Each batch up to a text's own is taken to last as long as the one under way has lasted.
        So behind a model that hangs the last in the row give up first, not all at one moment.
        """
        now = time.monotonic()
        with self._changed:
            awaited = [job for job in self._waiting if job.until > now]
            for place, job in enumerate(awaited):
                if job.future is future:
                    batches = 2 + place // self._size
                    since = now if self._busy_since is None else self._busy_since
                    return since + (job.until - since) / batches
            return next((job.until for job in self._batch if job.future is future), now)

    def busy_seconds(self) -> float:
        """Return how long the batch that is being scored has taken so far; 0 when none is."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    def close(self) -> None:
        """End the thread once what waits is scored."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def _oldest_late(self) -> _Job[Score] | None:
        now = time.monotonic()
        return next((job for job in self._waiting if job.until <= now), None)

    def _run(self) -> None:
        """Score batches of texts of like length until the end."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_closed)
                now = time.monotonic()
                awaited = [job for job in self._waiting if job.until > now] or self._waiting
                nearest = sorted(awaited, key=lambda job: abs(len(job.text) - len(awaited[0].text)))
                self._batch = batch = nearest[: self._size]
                self._waiting = [job for job in self._waiting if job not in batch]
                self._busy_since = now if batch else None
            if not batch:
                return
            self._settle(batch)
            self._busy_since = None

    def _settle(self, batch: list[_Job[Score]]) -> None:
        try:
            scores = self._score([job.text for job in batch])
        except Exception as error:  # noqa: BLE001 (handed to who asked)
            if len(batch) == 1:
                batch[0].future.set_exception(error)
                return
            # One text that breaks the model must not take the score of the seven beside it.
            for job in batch:
                self._settle([job])
        else:
            for job, score in zip(batch, scores, strict=True):
                job.future.set_result(score)
