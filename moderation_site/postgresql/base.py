"""Django's PostgreSQL, set for many short statements over lasting connections."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def queries_logged(self) -> bool:
        """Whether queries are noted: also with DEBUG only where a test asks, for it costs much."""
        return bool(self.force_debug_cursor)

    def init_connection_state(self) -> None:
        """Have every statement run in one process.

        To start helpers takes the server longer (20 ms, once a connection was used for much) than
        a page of a list, and they take the processors from the checks.
        """
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
        if not self.get_autocommit():
            self.connection.commit()

    def is_usable(self) -> bool:
        """Say whether the connection works.

        Nobody talks on it between two requests: if the socket has something to read, the server
        said good-bye or is gone, and only then is it worth a question.
        """
        if self.connection is None:
            return False
        link = self.connection
        if self.errors_occurred or link.closed or has_news(link.fileno()):
            return bool(super().is_usable())
        return True


def has_news(socket: int) -> bool:
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return bool(waiting.poll(0))
