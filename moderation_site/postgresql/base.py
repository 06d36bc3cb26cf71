"""Django's PostgreSQL backend for many short statements over persistent connections."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def queries_logged(self) -> bool:
        """Whether queries are recorded: even with DEBUG only if a test asks, because it is slow."""
        return bool(self.force_debug_cursor)

    def init_connection_state(self) -> None:
        """Run every statement in one process.

        Starting parallel workers (20 ms on a much used connection) takes longer than a page of a
        list, and they take the processors from the checks.
        """
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
        if not self.get_autocommit():
            self.connection.commit()

    def is_usable(self) -> bool:
        """Say whether the connection works.

        Nothing is sent between two requests: if the socket has something to read, the server has
        closed the connection, and only then is a query worth its time.
        """
        if self.connection is None:
            return False
        link = self.connection
        if self.errors_occurred or link.closed or has_data(link.fileno()):
            return bool(super().is_usable())
        return True


def has_data(socket: int) -> bool:
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return bool(waiting.poll(0))
