"""Say whether the broker answers this process, for health checks."""

import asyncio
import threading
import time

from moderation.delivery.amqp.connection import BROKER_ERRORS, in_words, open_connection

#: Health checks come often, and a connection costs the broker more than an answer costs us.
KEPT_SECONDS = 2.0
_lock = threading.Lock()
_known: tuple[float, str] | None = None


def rabbitmq_error() -> str:
    """Return why the broker cannot be used, empty if it can; remembered for two seconds."""
    global _known  # noqa: PLW0603 (one answer for the process)
    with _lock:
        if _known and time.monotonic() - _known[0] < KEPT_SECONDS:
            return _known[1]
        error = asyncio.run(_error_now())
        _known = time.monotonic(), error
        return error


async def _error_now() -> str:
    try:
        connection = await open_connection("health")
        await connection.close()
    except BROKER_ERRORS as error:
        return in_words(error)
    return ""
