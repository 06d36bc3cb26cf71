"""The tests' own database: migrated once, and emptied fast of what a test committed."""

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connection, transaction

from moderation_site.files import private_folder

#: Written by `migrate`, and the same for every test.
KEPT = {"django_content_type", "auth_permission"}


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder alone among the workers of a run."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def migrated_once(folder: Path) -> Iterator[None]:
    """Let `migrate` copy the SQLite database that a worker of this run or an earlier run migrated.

    Each worker has a database of its own, and all migrations together take seconds.
    folder: where a migrated database is kept for each state of the models and migrations.
    """
    whole = migrate.Command.handle
    private_folder(folder.parent)
    private_folder(folder)

    def handle(command: migrate.Command, *args: object, **options: object) -> None:
        finished = folder / f"migrated-{schema_digest()}.sqlite3"
        with locked(folder):
            if finished.exists():
                connection.ensure_connection()
                with closing(sqlite3.connect(finished)) as source:
                    source.backup(connection.connection)
                return
            for outdated in folder.glob("migrated-*.sqlite3"):
                outdated.unlink()
            whole(command, *args, **options)
            unfinished = finished.with_suffix(".unfinished")
            with closing(sqlite3.connect(unfinished)) as target:
                connection.connection.backup(target)
            unfinished.rename(finished)

    if connection.vendor == "sqlite":
        migrate.Command.handle = handle
    try:
        yield
    finally:
        migrate.Command.handle = whole


def schema_digest() -> str:
    """Return a digest of all that `migrate` reads: the packages, our models and migrations."""
    base = Path(settings.BASE_DIR)
    digest = hashlib.sha256(repr(settings.INSTALLED_APPS).encode())
    digest.update((base / "requirements.txt").read_bytes())
    for file in sorted(base.glob("[mr]*/**/*.py")):
        if {"models", "migrations"} & set(file.parts) or file.name == "apps.py":
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def shared_rows(blocker) -> Iterator[None]:
    """Let all tests of a module see the rows made within; what a test changes is taken back.

    blocker: pytest-django's `django_db_blocker`.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def empty() -> None:
    """Delete what a test committed.

    Django's own way empties every table, which takes PostgreSQL up to seconds, and writes the
    content types and permissions again.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        for table in filled(cursor):
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 (our own tables)


def filled(cursor) -> list[str]:
    """Return the tables that have rows."""
    one = "SELECT '{0}' WHERE EXISTS (SELECT 1 FROM \"{0}\")"
    cursor.execute(" UNION ALL ".join(one.format(table) for table in tables()))
    return [table for (table,) in cursor.fetchall()]


@cache
def tables() -> list[str]:
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(found) - KEPT)
