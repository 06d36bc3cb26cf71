"""Count queries as those of a first request: by chance a cache would spare some."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

from moderation.identity import forget_keys


@contextmanager
def counted_queries() -> Iterator[CaptureQueriesContext]:
    """Yield what holds the queries made within; the caller's key is among them."""
    forget_keys()
    with CaptureQueriesContext(connection) as made:
        yield made
