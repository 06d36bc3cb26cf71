"""Start the server's process, or several, and end it whatever its clients do."""

import ctypes
import logging
import os
import resource
import signal
import threading
from functools import partial
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from moderation_site.server.protocol import GuardedProtocol

logger = logging.getLogger(__name__)

#: For requests that run when the server is told to end; then the relay gets a few seconds.
GRACE_SECONDS = 4
#: After this time more, the process ends at whatever it is doing.
END_SECONDS = 5.0
#: The same from the signal on, for a process that is told to end while it starts or is stuck.
MOST_SECONDS = 9.0
IDLE_SECONDS = 30
#: Descriptors for the database, files, the broker and calls to other servers.
RESERVED_DESCRIPTORS = 200
MOST_DESCRIPTORS = 65_536
#: Memory for blocks of this size, such as bodies, goes back to the system once they are freed.
#: glibc begins with this size and then raises it: four clients with bodies of 8 MiB cost 300 MB.
LARGE_BLOCK_BYTES = 128 * 1024
#: malloc.h
M_MMAP_THRESHOLD = -3
#: A busy process answers its parent late; one that does not answer is replaced.
UNRESPONSIVE_SECONDS = 30


def allowed_connections() -> int:
    """Raise the limit of open files as far as allowed; return how many connections fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < min(hard, MOST_DESCRIPTORS):
        soft = min(hard, MOST_DESCRIPTORS)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(16, soft - RESERVED_DESCRIPTORS)


def give_back_large_blocks() -> None:
    """Fix the size from which freed memory goes back to the system, if the C library is glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)


def end_soon(seconds: float = END_SECONDS) -> None:
    """End the process in a few seconds, unless it ends by itself before."""
    end = threading.Timer(seconds, _end_now)
    end.daemon = True
    end.start()


def end_in_time() -> None:
    """Let a signal to end also set a limit for the end; call it where the handlers are set."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, partial(_told_to_end, signal.getsignal(number)))


def _told_to_end(handler: Any, number: int, frame: FrameType | None) -> None:
    end_soon(MOST_SECONDS)
    if callable(handler):
        handler(number, frame)


class Config(uvicorn.Config):
    """uvicorn's, for processes that end in time and keep no memory that they do not need."""

    def load(self) -> None:
        # Each server process loads the application once its signal handlers are set.
        end_in_time()
        give_back_large_blocks()
        super().load()


def _end_now() -> None:
    # What was answered is stored, so nothing is lost.
    logger.warning("The server did not end in time; it stops at what it is doing")
    os._exit(1)


def serve(*, host: str, port: int, workers: int) -> None:
    """Serve until a signal ends it. With several workers each is a process of its own."""
    config = Config(
        "moderation_site.asgi:application",
        host=host,
        port=port,
        workers=workers,
        http=GuardedProtocol,
        ws_per_message_deflate=False,
        access_log=False,
        # http.py decides which proxies are trusted.
        proxy_headers=False,
        log_config=None,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=UNRESPONSIVE_SECONDS,
    )
    if workers > 1:
        # The processes warn of what several of them need.
        os.environ["WEB_CONCURRENCY"] = str(workers)
        Multiprocess(config, sockets=[config.bind_socket()]).run()
    else:
        uvicorn.Server(config).run()
