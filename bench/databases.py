"""Make a database for one run and take it away again."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ADMIN_URL = os.environ.get("TEST_POSTGRES_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"


@contextmanager
def sqlite() -> Iterator[str]:
    """Give the address of a fresh file, on the disk and not in memory."""
    with tempfile.TemporaryDirectory(prefix="gavel-bench-") as folder:
        yield f"sqlite:///{Path(folder, 'bench.sqlite3')}"


@contextmanager
def postgresql() -> Iterator[str]:
    name = f"gavel_bench_{os.getpid()}_{secrets.token_hex(4)}"
    with psycopg.connect(ADMIN_URL, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(ADMIN_URL)._replace(path=f"/{name}").geturl()
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def has_postgresql() -> bool:
    try:
        psycopg.connect(ADMIN_URL, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


#: In the order of the report.
DATABASES = {"SQLite": sqlite, "PostgreSQL": postgresql}
