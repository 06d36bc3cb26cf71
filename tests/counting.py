"""Count queries as those of a process's first request: a cache would save some by chance."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.messages import forget


@contextmanager
def counted_queries() -> Iterator[CaptureQueriesContext]:
    """Yield the queries made within; those for the caller's key and the rules are among them."""
    forget()
    with CaptureQueriesContext(connection) as made:
        yield made
