"""Django's PostgreSQL backend for many short statements over persistent connections."""

import select
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg.pq import TransactionStatus


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

    @contextmanager
    def committing_alone(self) -> Iterator[None]:
        """Let the one statement inside commit by itself if its transaction has no other.

        BEGIN and COMMIT are two more answers to wait for. The transaction must end after it: what
        followed would not be part of it. If the transaction has begun, this changes nothing.
        """
        link = self.connection
        is_outermost = self.in_atomic_block and not self.savepoint_ids
        if not is_outermost or link is None or not is_idle(link):
            yield
            return
        link.autocommit = True
        try:
            yield
        finally:
            # A broken connection cannot be changed; Django closes it.
            if is_idle(link):
                link.autocommit = False

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


def is_idle(link: Connection) -> bool:
    return bool(link.pgconn.transaction_status == TransactionStatus.IDLE)


def has_data(socket: int) -> bool:
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return bool(waiting.poll(0))
