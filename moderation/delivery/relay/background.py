"""Let a job wait for another machine without holding up the relay."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import connections

logger = logging.getLogger(__name__)


class Background:
    """Runs a job in a thread of its own, once at a time; errors are logged."""

    def __init__(self, job: Callable[[datetime], object]) -> None:
        self._job = job
        self._thread: threading.Thread | None = None

    def start(self, now: datetime) -> None:
        """Run the job, unless it still runs."""
        # After a fork the child has the object but not the thread.
        if self._thread and self._thread.is_alive():
            return
        self._thread = threading.Thread(target=self._run, args=[now], daemon=True)
        self._thread.start()

    def join(self, seconds: float | None = None) -> None:
        if self._thread:
            self._thread.join(seconds)

    def _run(self, now: datetime) -> None:
        try:
            self._job(now)
        except Exception:
            logger.exception("Housekeeping failed", extra={"job": self._job.__qualname__})
        finally:
            connections.close_all()
