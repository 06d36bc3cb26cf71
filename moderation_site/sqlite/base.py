"""Django's SQLite, where the threads of a process queue for the write lock.

SQLite itself lets a waiting connection sleep, up to 100 ms at a time, and look again: under load
the lock then lies free while everybody sleeps, and whoever comes first is not whose turn it is.
Other processes' connections still wait SQLite's way.
"""

import threading
from collections import defaultdict
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

#: By file: held by the thread whose transaction is open.
_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class Cursor(base.SQLiteCursorWrapper):
    """Django's cursor, which writes a statement's places SQLite's way only the first time."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        if param_names is None:
            return _converted(query)
        return str(super().convert_query(query, param_names=param_names))


@lru_cache(maxsize=1000)
def _converted(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


class DatabaseWrapper(base.DatabaseWrapper):
    _turn: "threading.Lock | None" = None

    @property
    def queries_logged(self) -> bool:
        """Whether queries are noted: also with DEBUG only where a test asks, for it costs much."""
        return bool(self.force_debug_cursor)

    def create_cursor(self, name: "str | None" = None) -> Any:
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        self._wait_for_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc] # the same
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc] # the stubs lack it
        # Where it fails the transaction is still open, and Django rolls it back.
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

    def _wait_for_turn(self) -> None:
        turn = _turns[str(self.settings_dict["NAME"])]
        seconds: Any = self.settings_dict["OPTIONS"].get("timeout", 5)
        # Whoever waited in vain tries all the same: SQLite then says what holds the lock.
        if self._turn is None and turn.acquire(timeout=seconds):
            self._turn = turn

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()
