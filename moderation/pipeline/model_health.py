"""Notify staff when the model goes down and when it is back."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import close_old_connections

from moderation.engine.model.scorer import State
from moderation.pipeline.notices import notify_projects
from moderation.rules import scorer

logger = logging.getLogger(__name__)

DOWN = "The model is unavailable: only the rules judge messages."
BACK = "The model is back: it judges messages again."
#: Every process has a model of its own, but one notification within this time is enough.
REPEATED = timedelta(minutes=5)

_background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model-health")


class ModelHealth:
    """Remembers whether the model was down; safe to share between threads."""

    def __init__(self) -> None:
        self._was_down = False
        self._lock = threading.Lock()

    def change(self, state: State) -> str:
        """Return DOWN if the model went down, BACK if it came back, otherwise ""."""
        if state is State.LOADING or (state is State.UNAVAILABLE) is self._was_down:
            return ""
        with self._lock:
            if (state is State.UNAVAILABLE) is self._was_down:
                return ""
            self._was_down = not self._was_down
        return DOWN if self._was_down else BACK


_state = ModelHealth()


def check(now: datetime) -> None:
    """Notify in the background if the model's state has changed; costs almost nothing."""
    if message := _state.change(scorer.model_state()):
        _background.submit(_notify_in_background, message, now)


def _notify_in_background(message: str, now: datetime) -> None:
    close_old_connections()
    try:
        notify(message, now)
    except Exception:
        logger.exception("The notification about the model failed")
    finally:
        close_old_connections()


def notify(message: str, now: datetime) -> None:
    """Notify every project that no other process has just notified."""
    kind = "error" if message == DOWN else "success"
    notify_projects(kind, message, repeated=REPEATED, now=now)
