"""Tell the staff when the model goes down and when it is back."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import close_old_connections, transaction

from moderation import toxicity
from moderation.engine.toxicity import State
from moderation.events import SYSTEM_NOTIFICATION
from moderation.models import OutboxEvent, Project
from moderation.notices import system_notification
from moderation.publish import publish

logger = logging.getLogger(__name__)

DOWN = "The model cannot be used: checks are judged by the rules alone."
BACK = "The model is back: it judges beside the rules again."
#: Every process has a model of its own; what one has told so lately the others do not repeat.
REPEATED = timedelta(minutes=5)

_aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model-watch")


class Watch:
    """Notes whether the model was down; safe to share between threads."""

    def __init__(self) -> None:
        self._was_down = False
        self._lock = threading.Lock()

    def change(self, state: State) -> str:
        """Return what is to be told of this state: that the model went down, is back, or ""."""
        if state is State.LOADING or (state is State.UNAVAILABLE) is self._was_down:
            return ""
        with self._lock:
            if (state is State.UNAVAILABLE) is self._was_down:
                return ""
            self._was_down = not self._was_down
        return DOWN if self._was_down else BACK


_watch = Watch()


def look(now: datetime) -> None:
    """Notice a change of the model's state and tell it aside; costs a check next to nothing."""
    if message := _watch.change(toxicity.state()):
        _aside.submit(_tell_aside, message, now)


def _tell_aside(message: str, now: datetime) -> None:
    close_old_connections()
    try:
        tell(message, now)
    except Exception:
        logger.exception("The model's state could not be told")
    finally:
        close_old_connections()


@transaction.atomic
def tell(message: str, now: datetime) -> None:
    """Tell every project that has not just been told by another process."""
    told = OutboxEvent.objects.filter(
        type=SYSTEM_NOTIFICATION, data__message=message, created_at__gt=now - REPEATED
    )
    is_down = message == DOWN
    kind = "error" if is_down else "success"
    for project in Project.objects.exclude(pk__in=told.values("project")):
        publish(system_notification(project, kind, message, persistent=is_down, now=now), now=now)
