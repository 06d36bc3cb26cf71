"""Django's SQLite backend, in which the threads of a process queue for the write lock.

In SQLite a waiting connection sleeps up to 100 ms at a time and tries again: under load the lock is
then free while all sleep, and the first to wake up gets it, not the first in line. Connections of
other processes still wait as SQLite does.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

from moderation_site.files import private_database

#: Waiting less for one's turn leaves SQLite's own time as it is.
SHORT_WAIT_SECONDS = 0.1
#: By file; the thread with the open transaction holds it.
_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class Cursor(base.SQLiteCursorWrapper):
    """Django's cursor, which converts a statement's placeholders only once."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        if param_names is None:
            return converted_query(query)
        return str(super().convert_query(query, param_names=param_names))


@lru_cache(maxsize=1000)
def converted_query(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


class DatabaseWrapper(base.DatabaseWrapper):
    _turn: "threading.Lock | None" = None

    @property
    def queries_logged(self) -> bool:
        """Whether queries are recorded: even with DEBUG only if a test asks, because it is slow."""
        return bool(self.force_debug_cursor)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        name = str(conn_params["database"])
        # A database in memory is called `:memory:` or has an address.
        if not name.startswith((":", "file:")):
            private_database(Path(name))
        return super().get_new_connection(conn_params)

    def create_cursor(self, _name: "str | None" = None) -> Any:
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        turn = _turns[str(self.settings_dict["NAME"])]
        seconds: Any = self.settings_dict["OPTIONS"].get("timeout", 5)
        started = time.monotonic()
        # After waiting in vain, try anyway: SQLite then says what holds the lock.
        if self._turn is None and turn.acquire(timeout=seconds):
            self._turn = turn
        try:
            with self._waiting(seconds, time.monotonic() - started):
                super()._start_transaction_under_autocommit()  # type: ignore[misc] # the same
        except BaseException:
            self._end_turn()
            raise

    @contextmanager
    def _waiting(self, seconds: float, waited: float) -> Iterator[None]:
        """Let SQLite wait no longer than what is left of this connection's time."""
        if waited < SHORT_WAIT_SECONDS:
            yield
            return
        left = max(0.0, seconds - waited)
        self.connection.execute(f"PRAGMA busy_timeout={int(left * 1000)}")
        try:
            yield
        finally:
            self.connection.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc] # the stubs lack it
        # If the commit fails, the transaction is still open, and Django rolls it back.
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc] # the stubs lack it
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc] # the stubs lack it
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()
