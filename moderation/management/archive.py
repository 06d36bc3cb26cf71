"""A whole database as one file, the same for SQLite and PostgreSQL, and back again.

The file is gzipped lines of JSON: a head, then for each table a line with its name and columns, its
rows, and a line with their number and checksum. Loading reads every row again and compares.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, IntegrityError, connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import BinaryField, Field, JSONField, Model

from moderation.events.event import iso
from moderation.lib.encrypted_fields import Encrypted
from moderation.lib.errors import Conflict, Invalid
from moderation.models import Lease, Project, WebSession

FORMAT, FORMAT_VERSION = "gavel-backup", 1
BATCH = 500
#: Not worth keeping: who leads and who is signed in.
LEFT_OUT: tuple[type[Model], ...] = (Lease, WebSession)


@dataclass(frozen=True)
class Sum:
    """What a table holds."""

    rows: int
    sha256: str


def models_kept() -> list[type[Model]]:
    """Return the models of all tables in a fixed order, those of many-to-many fields too."""
    found = apps.get_models(include_auto_created=True)
    kept = [model for model in found if model._meta.managed and not model._meta.proxy]
    kept = [model for model in kept if model not in LEFT_OUT]
    return sorted(
        (model for model in kept if model._meta.app_label != "sessions"),
        key=lambda model: model._meta.db_table,
    )


# --- Writing


def write_archive(file: IO[bytes], alias: str, now: datetime) -> Iterator[tuple[str, Sum]]:
    """Write the database as it is at one moment, while others go on; yield each table done."""
    with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed, one_moment(alias):
        packed.write(line_of({**head(alias), "created_at": iso(now)}))
        for model in models_kept():
            table = model._meta.db_table
            packed.write(line_of({"table": table, "columns": columns_of(model)}))
            total = Tally()
            for line in lines_of(model, alias):
                packed.write(line)
                total.add(line)
            packed.write(line_of({"rows": total.rows, "sha256": total.sha256}))
            yield table, Sum(total.rows, total.sha256)


def head(alias: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "version": settings.VERSION,
        "migrations": sorted(map(list, MigrationRecorder(connections[alias]).applied_migrations())),
    }


@contextmanager
def one_moment(alias: str) -> Iterator[None]:
    """Read everything as it is now, whatever others write meanwhile; blocks no writer."""
    connection = connections[alias]
    if connection.vendor == "sqlite":
        # Not Django's transaction, which takes the lock for writing at its start.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


class Tally:
    """Counts lines and sums them up."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = hashlib.sha256()

    def add(self, line: bytes) -> None:
        self.rows += 1
        self._hash.update(line)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def fields_of(model: type[Model]) -> list["Field[Any, Any]"]:
    return [field for field in model._meta.concrete_fields if not getattr(field, "generated", 0)]


def stored_fields(fields: list["Field[Any, Any]"]) -> list["Field[Any, Any]"]:
    """Return fields that take values as they are stored: encrypted texts need no key."""
    return [field.plain_field() if isinstance(field, Encrypted) else field for field in fields]


def columns_of(model: type[Model]) -> list[str]:
    return [str(field.column) for field in fields_of(model)]


def lines_of(model: type[Model], alias: str) -> Iterator[bytes]:
    """Yield each row as a line, by key, so that equal tables give equal lines."""
    fields = fields_of(model)
    rows = model._default_manager.using(alias).order_by("pk")
    # Encrypted texts stay as they are.
    values = [
        field.stored_value() if isinstance(field, Encrypted) else field.attname for field in fields
    ]
    fields = stored_fields(fields)
    for row in rows.values_list(*values).iterator(chunk_size=BATCH):
        yield line_of([plain(value, field) for value, field in zip(row, fields, strict=True)])


def plain(value: Any, field: "Field[Any, Any]") -> Any:
    if isinstance(field, BinaryField) and value is not None:
        return base64.b64encode(bytes(value)).decode()
    return value.isoformat() if isinstance(value, datetime) else value


def line_of(data: Any) -> bytes:
    text = json.dumps(data, cls=DjangoJSONEncoder, separators=(",", ":"), sort_keys=True)
    return f"{text}\n".encode()


# --- Reading


def read_archive(file: IO[bytes], alias: str) -> Iterator[tuple[str, Sum]]:
    """Load an archive into an empty, migrated database; yield each table done.

    All or nothing, in one transaction. Conflict if the database holds projects or was migrated to
    another state; Invalid if the file is broken, or if the rows read back differ.
    """
    with gzip.GzipFile(fileobj=file, mode="rb") as packed:
        try:
            yield from _load(Lines(packed), alias)
        except (EOFError, OSError, ValueError, TypeError, KeyError) as error:
            raise Invalid("file", "is cut off or is no backup of Gavel") from error
        except (ValidationError, DataError, IntegrityError) as error:
            raise Invalid("file", "holds rows that the database refuses") from error


class Lines:
    """Reads lines of JSON one by one, each as it stands and as data."""

    def __init__(self, file: Iterable[bytes]) -> None:
        self._lines = iter(file)
        self.raw = b""

    def next(self) -> Any:
        self.raw = next(self._lines, b"")
        if not self.raw.endswith(b"\n"):
            raise EOFError
        return json.loads(self.raw)


def _load(lines: Lines, alias: str) -> Iterator[tuple[str, Sum]]:
    refuse_other_state(lines.next(), alias)
    with transaction.atomic(using=alias):
        refuse_full(alias)
        empty(alias)
        for model in models_kept():
            table = model._meta.db_table
            begin = lines.next()
            if begin != {"table": table, "columns": columns_of(model)}:
                raise Invalid("file", f"lacks the table {table}, or has other columns")
            yield table, load_table(model, lines, alias)
        reset_sequences(alias)


def refuse_other_state(found: Any, alias: str) -> None:
    wanted = head(alias)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Invalid("file", "is no backup of Gavel")
    if not wanted["migrations"]:
        raise Conflict("This database has no tables yet: run manage.py migrate first.")
    if found["format_version"] != FORMAT_VERSION or found["migrations"] != wanted["migrations"]:
        raise Conflict(
            f"The backup was made by version {found['version']} with other migrations: install "
            "that version, migrate, restore, and upgrade then."
        )


def refuse_full(alias: str) -> None:
    if Project.objects.using(alias).exists():
        raise Conflict("The database holds projects already: restore into an empty one.")


def empty(alias: str) -> None:
    """Delete what `migrate` itself makes: content types and permissions."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for model in models_kept():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 (names of our own tables)


def load_table(model: type[Model], lines: Lines, alias: str) -> Sum:
    """Insert rows until the table's last line; Invalid if what is stored then differs."""
    fields, batch, total = stored_fields(fields_of(model)), [], Tally()
    while isinstance(row := lines.next(), list):
        total.add(lines.raw)
        batch.append(stored(row, fields, alias))
        if len(batch) == BATCH:
            insert(model, batch, alias)
            batch = []
    insert(model, batch, alias)
    told = Sum(row["rows"], row["sha256"])
    back = Tally()
    for line in lines_of(model, alias):
        back.add(line)
    read_back = Sum(back.rows, back.sha256)
    if told != Sum(total.rows, total.sha256) or told != read_back:
        raise Invalid("file", f"differs in {model._meta.db_table} from what was stored")
    return told


def stored(row: list[Any], fields: list["Field[Any, Any]"], alias: str) -> list[Any]:
    """Return a row's values as the database's driver takes them."""
    connection = connections[alias]
    values = []
    for value, field in zip(row, fields, strict=True):
        if isinstance(field, BinaryField) and value is not None:
            values.append(field.get_db_prep_save(base64.b64decode(value), connection))
        elif isinstance(field, JSONField) and value is None and not field.null:
            values.append(connection.ops.adapt_json_value(None, field.encoder))
        else:
            values.append(field.get_db_prep_save(field.to_python(value), connection))
    return values


def insert(model: type[Model], rows: list[list[Any]], alias: str) -> None:
    if not rows:
        return
    connection = connections[alias]
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, columns_of(model)))
    places = ", ".join(["%s"] * len(rows[0]))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 (names of our own tables)
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def reset_sequences(alias: str) -> None:
    """Let new rows get keys after those that were loaded."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models_kept()):
            cursor.execute(statement)
