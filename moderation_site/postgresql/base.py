"""Django's PostgreSQL, which asks whether a lasting connection works without a round trip."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def queries_logged(self) -> bool:
        """Whether queries are noted: also with DEBUG only where a test asks, for it costs much."""
        return bool(self.force_debug_cursor)

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
