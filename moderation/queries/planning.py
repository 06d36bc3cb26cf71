"""Let PostgreSQL plan a list for the values that it is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_for_its_values() -> Iterator[None]:
    """Within it no query is prepared.

    After five runs of a prepared one PostgreSQL may keep a plan that does for any values. A filter
    by what most rows have wants another than one by what a few have: the wrong one reads all rows.
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
