"""Run a relay until it is told to stop, in a thread of the server or in a worker's main thread."""

import logging
import threading

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils.module_loading import import_string

from moderation.delivery.relay.ticks import Relay
from moderation.events.wakeup import relay_wakeup

logger = logging.getLogger(__name__)

#: A wake-up reaches this process only; other processes' events wait at most this long.
POLL_SECONDS = 0.25
ERROR_PAUSE_SECONDS = 1.0
#: A tick costs about the same for one event as for twenty: after one the relay pauses while events
#: gather, and leaves the processor to the checks. The more there were, the longer it pauses.
SHORTEST_PAUSE_SECONDS = 0.002
LONGEST_PAUSE_SECONDS = 0.05
PAUSE_SECONDS_PER_EVENT = 0.002
#: The server ends within 10 s (docs/commands.md, "serve"), most of which belongs to its requests.
STOP_SECONDS = 4.0


def run_until(stopped: threading.Event) -> None:
    """Relay until the event is set, then give up the lease; errors are logged and survived.

    The modules that settings.RELAY_COMPANIONS names run beside it, each in its own thread.
    """
    relay = Relay()
    companions = [
        threading.Thread(
            target=import_string(f"{path}.run_until"), args=[stopped], name=path, daemon=True
        )
        for path in settings.RELAY_COMPANIONS
    ]
    for companion in companions:
        companion.start()
    try:
        while not stopped.is_set():
            _tick(relay, stopped)
        try:
            relay.give_up()
        except Exception:
            logger.exception("The lease was not given up; it expires by itself")
    finally:
        connections.close_all()
        for companion in companions:
            companion.join(STOP_SECONDS / 2)


def _tick(relay: Relay, stopped: threading.Event) -> None:
    try:
        done = relay.tick()
    except Exception:
        logger.exception("The relay's tick failed")
        relay.forget()
        close_old_connections()
        stopped.wait(ERROR_PAUSE_SECONDS)
        return
    if done.is_idle:
        # A project's last `stats_update` becomes due without a wake-up.
        relay_wakeup.wait(min(POLL_SECONDS, relay.seconds_to_stats))
    else:
        stopped.wait(pause_after(done.numbered))


def pause_after(events: int) -> float:
    """Return how long to gather events after a tick that numbered so many."""
    pause = SHORTEST_PAUSE_SECONDS + events * PAUSE_SECONDS_PER_EVENT
    return min(pause, LONGEST_PAUSE_SECONDS)


class _Runner:
    """The relay thread of this process, if one runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def start(self) -> None:
        with self._lock:
            # After a fork the child has the object but not the thread.
            if self._thread and self._thread.is_alive():
                return
            self._stopped = threading.Event()
            self._thread = threading.Thread(
                target=run_until, args=[self._stopped], name="relay", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        with self._lock:
            if self._thread is None:
                return
            self._stopped.set()
            relay_wakeup.notify()
            self._thread.join(STOP_SECONDS)
            self._thread = None


_runner = _Runner()


def start_in_process() -> None:
    """Run the relay in a daemon thread of this process; does nothing if it runs already."""
    _runner.start()


def stop_in_process() -> None:
    """Stop this process's relay and give up its lease; does nothing if none runs."""
    _runner.stop()
