"""Run a relay until it is told to stop: in a server's thread or in a worker's main thread."""

import logging
import threading

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils.module_loading import import_string

from moderation import wake
from moderation.relay.rounds import Relay

logger = logging.getLogger(__name__)

#: The bell rings in this process only; other processes' events wait at most this long.
POLL_SECONDS = 0.25
#: A project's last `stats_update` becomes due without any bell.
STATS_POLL_SECONDS = 0.02
ERROR_PAUSE_SECONDS = 1.0
#: A round costs much the same for one event as for twenty: after one the relay rests, while
#: events gather, and leaves the processor to the checks. No event waits much longer than this.
REST_SECONDS = 0.02
STOP_SECONDS = 10.0


def run_until(stopped: threading.Event) -> None:
    """Relay until the event is set, then give up the lease; errors are logged and survived.

    What settings.RELAY_COMPANIONS name runs beside it, each in a thread of its own.
    """
    relay = Relay()
    companions = [_accompany(path, stopped) for path in settings.RELAY_COMPANIONS]
    try:
        while not stopped.is_set():
            _run_round(relay, stopped)
        _give_up(relay)
    finally:
        connections.close_all()
        for companion in companions:
            companion.join(STOP_SECONDS / 2)


def _accompany(path: str, stopped: threading.Event) -> threading.Thread:
    run = import_string(f"{path}.run_until")
    thread = threading.Thread(target=run, args=[stopped], name=path, daemon=True)
    thread.start()
    return thread


def _run_round(relay: Relay, stopped: threading.Event) -> None:
    try:
        done = relay.round()
    except Exception:
        logger.exception("The relay's round failed")
        relay.forget()
        close_old_connections()
        stopped.wait(ERROR_PAUSE_SECONDS)
        return
    if done.is_idle:
        wake.wait(STATS_POLL_SECONDS if relay.owes_stats else POLL_SECONDS)
    else:
        stopped.wait(REST_SECONDS)


def _give_up(relay: Relay) -> None:
    try:
        relay.give_up()
    except Exception:
        logger.exception("The lease was not given up; it runs out by itself")


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
            wake.ring()
            self._thread.join(STOP_SECONDS)
            self._thread = None


_runner = _Runner()


def start_in_process() -> None:
    """Run the relay in a daemon thread of this process; does nothing if it runs already."""
    _runner.start()


def stop_in_process() -> None:
    """Stop this process's relay and give up its lease; does nothing if none runs."""
    _runner.stop()
