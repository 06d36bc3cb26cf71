"""Connect to the broker, and say in few words why that failed."""

import os

from aio_pika import Connection
from aio_pika.connection import make_url
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from django.conf import settings

EXCHANGE = "moderation_events"
CONNECT_SECONDS = 2.0
#: The broker and we notice a dead connection after about twice this time.
HEARTBEAT_SECONDS = 10
#: What a call to the broker may raise when the broker is the reason.
BROKER_ERRORS = (*CONNECTION_EXCEPTIONS, EOFError, TimeoutError)


async def open_connection(name: str) -> Connection:
    """Connect to AMQP_URL; name: what the broker's list of connections shows.

    Raises one of BROKER_ERRORS.
    """
    connection = Connection(
        make_url(settings.AMQP_URL, heartbeat=HEARTBEAT_SECONDS),
        client_properties={"connection_name": f"gavel {name}"},
    )
    try:
        await connection.connect(timeout=CONNECT_SECONDS)
    except BaseException:
        # Left open, it closes itself when it is collected, in any thread, perhaps without a loop.
        await connection.close()
        raise
    return connection


def in_words(error: BaseException) -> str:
    """Return why the broker cannot be used, without the address: it holds the password."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return " ".join(str(error).split())[:200] or type(error).__name__
