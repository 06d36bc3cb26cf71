"""INSERT statements that Django builds once, for many rows and several tables."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from moderation.lib.encrypted_fields import Encrypted, encrypted_fields
from moderation.lib.prepared_sql import adapted_moment

Row = TypeVar("Row", bound=models.Model)
#: Fields whose values the drivers take as they are.
PLAIN = (
    models.BooleanField,
    models.CharField,
    models.FloatField,
    models.IntegerField,
    models.TextField,
)


class PreparedInsert(Generic[Row]):
    """Inserts rows of one model with all its columns, with one statement.

    Writes what `bulk_create` would write. Does not read back the keys that the database makes.
    `on_conflict`: the clause for rows that exist already.
    """

    def __init__(self, model: type[Row], on_conflict: str = "") -> None:
        fields: list[Any] = [
            field
            for field in model._meta.concrete_fields
            if not isinstance(field, models.AutoField)
        ]
        self._columns = [str(field.column) for field in fields]
        self._values = attrgetter(*[field.attname for field in fields])
        #: The places of values that the driver does not take, with what makes one that it takes.
        self._adapters = [
            (place, adapt)
            for place, field in enumerate(fields)
            if (adapt := _adapter_of(field)) is not None
        ]
        self._encrypted = {str(field.column): field for field in encrypted_fields(model)}
        self._moments = [
            str(field.column) for field in fields if isinstance(field, models.DateTimeField)
        ]
        self._ids = [str(field.column) for field in fields if isinstance(field, models.UUIDField)]
        self._table = model._meta.db_table
        self._on_conflict = on_conflict
        #: Database vendor → SQL.
        self._statements: dict[str, str] = {}

    def __call__(self, *rows: Row) -> None:
        insert_together((self, rows))

    def statement(self) -> str:
        """Return the SQL: for PostgreSQL its parameter is `document`, else it is run by row."""
        vendor = connection.vendor
        if vendor not in self._statements:
            self._statements[vendor] = self._insert_of(vendor)
        return self._statements[vendor]

    def run_by_row(self, rows: Sequence[Row]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(self.statement(), self._parameters(rows))

    def _parameters(self, rows: Sequence[Row]) -> list[list[Any]]:
        # The proxy `connection` looks itself up at each use: once is enough for all values.
        database = connections[DEFAULT_DB_ALIAS]
        parameters = []
        for row in rows:
            values = list(self._values(row))
            for place, adapt in self._adapters:
                values[place] = adapt(values[place], database)
            parameters.append(values)
        return parameters

    def document(self, rows: Sequence[Row]) -> str:
        """Return the rows as one JSON document: one parameter, whatever their number."""
        documents = []
        for row in rows:
            document = dict(zip(self._columns, self._values(row), strict=True))
            for name in self._moments:
                # The encoder would cut off the microseconds.
                if document[name] is not None:
                    document[name] = document[name].isoformat()
            for name in self._ids:
                # The encoder asks Python about each.
                if document[name] is not None:
                    document[name] = str(document[name])
            for name, field in self._encrypted.items():
                if document[name] is not None:
                    document[name] = field.sealed(document[name])
            documents.append(document)
        return json.dumps(documents, cls=DjangoJSONEncoder, ensure_ascii=False)

    def _insert_of(self, vendor: str) -> str:
        quote = connection.ops.quote_name
        table, columns = quote(self._table), ", ".join(map(quote, self._columns))
        values = f"VALUES ({', '.join(['%s'] * len(self._columns))})"
        if vendor == "postgresql":
            values = f"SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)"  # noqa: S608
        return f"INSERT INTO {table} ({columns}) {values} {self._on_conflict}".strip()


def insert_together(*parts: tuple[PreparedInsert[Any], Sequence[models.Model]]) -> None:
    """Insert rows of several models: PostgreSQL does it with one statement, in no certain order."""
    parts = tuple((insert, rows) for insert, rows in parts if rows)
    if not parts:
        return
    if connection.vendor == "postgresql":
        statements = _joined(tuple(insert.statement() for insert, _ in parts))
        with connection.cursor() as cursor:
            cursor.execute(statements, [insert.document(rows) for insert, rows in parts])
    else:
        for insert, rows in parts:
            insert.run_by_row(rows)
    for _, rows in parts:
        for row in rows:
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def committing_alone() -> AbstractContextManager[None]:
    """Let the statement inside, the last of its transaction, commit by itself if it can."""
    alone: Callable[[], AbstractContextManager[None]] = getattr(
        connections[DEFAULT_DB_ALIAS], "committing_alone", nullcontext
    )
    return alone()


@lru_cache(maxsize=64)
def _joined(statements: tuple[str, ...]) -> str:
    *first, last = statements
    if not first:
        return last
    named = ", ".join(f"part_{number} AS ({sql})" for number, sql in enumerate(first))
    return f"WITH {named} {last}"


def _adapter_of(field: Any) -> Callable[..., Any] | None:
    """Return what makes a value one that the driver takes, as `get_db_prep_save` does.

    None: the value is one already.
    """
    if isinstance(field, models.JSONField):
        return _json_adapter_of(field)
    if isinstance(field, Encrypted) and isinstance(field, models.TextField):
        sealed = field.sealed
        return lambda value, _: None if value is None else sealed(value)
    if isinstance(field, PLAIN):
        return None
    adapt: Callable[..., Any] = field.get_db_prep_save
    if isinstance(field, models.DateTimeField):
        return lambda value, database: None if value is None else adapted_moment(value, database)
    if isinstance(field, models.UUIDField):
        return lambda value, database: (
            value.hex
            if isinstance(value, UUID) and not database.features.has_native_uuid_field
            else adapt(value, database)
        )
    return adapt


def _json_adapter_of(field: Any) -> Callable[..., Any]:
    sealed = field.sealed if isinstance(field, Encrypted) else None

    def adapt(value: Any, database: Any) -> Any:
        if database.vendor != "sqlite":
            return field.get_db_prep_save(value, database)
        # SQLite keeps JSON as text. A log has ten such fields, most of them empty.
        if value is None:
            return None
        if not value and isinstance(value, list | dict):
            return "[]" if isinstance(value, list) else "{}"
        return json.dumps(sealed(value) if sealed else value, cls=field.encoder)

    return adapt
