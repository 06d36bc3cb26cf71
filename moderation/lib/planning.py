"""Let PostgreSQL plan a query for its actual values."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_for_its_values() -> Iterator[None]:
    """Prepare no query inside this context.

    After five runs of a prepared query PostgreSQL may reuse one plan for all values. A filter that
    most rows match needs another plan than one that few rows match: the wrong one reads all rows.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    link = connection.connection
    threshold, link.prepare_threshold = link.prepare_threshold, None
    try:
        yield
    finally:
        link.prepare_threshold = threshold
