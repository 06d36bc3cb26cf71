"""Whether Redis answers: asked in the background, so that no check ever waits for it."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

PING_SECONDS = 1.0
#: How old the known state may be before it is asked for again.
ASKED_EVERY = 1.0

_background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="redis-health")


def redis_state() -> str:
    """Ask Redis now: `connected`, `unreachable`, or `not configured`."""
    if not settings.REDIS_URL:
        return "not configured"
    import redis  # noqa: PLC0415 (20 MB that only servers with Redis need)

    client: Any = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PING_SECONDS, socket_connect_timeout=PING_SECONDS
    )
    try:
        client.ping()
    except redis.RedisError:
        return "unreachable"
    finally:
        client.close()
    return "connected"


class RedisHealth:
    """Remembers the last known state; safe to share between threads."""

    def __init__(self) -> None:
        self._is_away = False
        self._asked_at = float("-inf")
        self._lock = threading.Lock()

    def is_away(self) -> bool:
        """Return whether Redis was away when last asked; ask again if that was a while ago."""
        if settings.REDIS_URL and time.monotonic() - self._asked_at > ASKED_EVERY:
            with self._lock:
                is_due = time.monotonic() - self._asked_at > ASKED_EVERY
                self._asked_at = time.monotonic()
            if is_due:
                _background.submit(self.ask)
        return self._is_away

    def ask(self) -> None:
        try:
            self._is_away = redis_state() == "unreachable"
        except Exception:
            logger.exception("The state of Redis could not be asked for")


redis_health = RedisHealth()
