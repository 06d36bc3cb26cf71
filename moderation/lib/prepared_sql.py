"""SQL that Django builds once: building a statement takes longer than running it."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import QuerySet

from moderation.lib.encrypted_fields import Encrypted, encrypted_fields

Row = TypeVar("Row", bound=models.Model)
#: Makes a queryset from placeholders for the arguments; it must not look at their values.
Build = Callable[[SimpleNamespace], QuerySet[Any, Any]]
BuildAll = Callable[[SimpleNamespace], Sequence[QuerySet[Any, Any]]]

#: Stand for the arguments while Django builds the SQL. No real value looks like them, and the
#: signs that LIKE gives a meaning to show a lookup that escapes its text.
PLACEHOLDERS: dict[type, Callable[[int], Any]] = {
    int: lambda number: 9_007_199_254_000_000 + number,
    str: lambda number: f"\x1f%_\\{number}",
    datetime: lambda number: datetime(9876, 5, 4, tzinfo=UTC) + timedelta(hours=number),
}
#: What is left of a placeholder in a parameter that a lookup made from it.
TRACES = ("9007199254", "\x1f", "9876-05")
#: A place for a parameter in Django's SQL; `%%s` is text.
PLACE = re.compile(r"(?<!%)%s")
#: The types that PostgreSQL gives the arguments of many rows.
SQL_TYPES: Mapping[type, str] = {int: "bigint", str: "text", datetime: "timestamptz"}
#: Fields whose values the drivers take as they are.
PLAIN = (
    models.BooleanField,
    models.CharField,
    models.FloatField,
    models.IntegerField,
    models.TextField,
)


class _Prepared:
    """SQL with places for arguments, built once for each kind of database.

    `arguments`: name → type.
    """

    def __init__(self, arguments: dict[str, type]) -> None:
        self._arguments = arguments
        #: Database vendor → SQL, and for each parameter an argument's name ("" = a constant) with
        #: the constant.
        self._statements: dict[str, tuple[str, list[tuple[str, Any]]]] = {}

    def _filled(self, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """Return the SQL and its parameters.

        ValueError where the queryset does not pass each argument to the database as it is: a
        lookup such as `icontains` or `__date` would search for the placeholder.
        """
        if connection.vendor not in self._statements:
            placeholders = {
                name: PLACEHOLDERS[kind](number)
                for number, (name, kind) in enumerate(self._arguments.items())
            }
            sql, parameters = self._build_sql(SimpleNamespace(**placeholders))
            names = {_adapted(value): name for name, value in placeholders.items()}
            places = [(names.get(parameter, ""), parameter) for parameter in parameters]
            unused = self._arguments.keys() - {name for name, _ in places}
            changed = [constant for name, constant in places if not name and _has_trace(constant)]
            if unused or changed:
                raise ValueError(
                    f"Of the arguments {', '.join(self._arguments)} the queryset leaves out "
                    f"{sorted(unused)} and changes {changed}: pass each to the database as it is."
                )
            self._statements[connection.vendor] = sql, places
        sql, places = self._statements[connection.vendor]
        adapted = {name: _adapted(value) for name, value in values.items()}
        return sql, [adapted[name] if name else constant for name, constant in places]

    def _build_sql(self, args: SimpleNamespace) -> tuple[str, list[Any]]:
        raise NotImplementedError


class PreparedCounts(_Prepared):
    """Counts the rows of several querysets in one statement, in their order."""

    _limit = ""

    def __init__(self, build: BuildAll, **arguments: type) -> None:
        super().__init__(arguments)
        self._build = build
        #: Database vendor → SQL for any number of arguments' rows, and its constants.
        self._statements_of_many: dict[str, tuple[str, list[Any]]] = {}

    def __call__(self, **values: Any) -> list[int]:
        sql, parameters = self._filled(values)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchone())

    def of_many(self, rows: Sequence[Mapping[str, Any]]) -> list[list[int]]:
        """Return the counts for each row of arguments, with one statement for all."""
        if len(rows) < 2:
            return [self(**row) for row in rows]
        if connection.vendor not in self._statements_of_many:
            self._statements_of_many[connection.vendor] = self._build_sql_of_many(rows[0])
        sql, constants = self._statements_of_many[connection.vendor]
        asked = [
            [
                _in_json(row[name]) if kind is datetime else row[name]
                for name, kind in self._arguments.items()
            ]
            for row in rows
        ]
        if connection.vendor == "postgresql":
            document = json.dumps([dict(zip(self._arguments, row, strict=True)) for row in asked])
        else:
            document = json.dumps(asked)
        with connection.cursor() as cursor:
            cursor.execute(sql, [*constants, document])
            return [list(counts) for _, *counts in sorted(cursor.fetchall())]

    def _build_sql_of_many(self, example: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Return the SQL in which the arguments are columns of a table, which is a parameter."""
        self._filled(dict(example))
        sql, places = self._statements[connection.vendor]
        texts = PLACE.split(sql.removeprefix("SELECT "))
        filled = [f"asked.{name}" if name else "%s" for name, _ in places]
        counts = "".join(text + place for text, place in zip(texts, [*filled, ""], strict=True))
        names = ", ".join(self._arguments)
        if connection.vendor == "postgresql":
            columns = ", ".join(
                f"{name} {SQL_TYPES[kind]}" for name, kind in self._arguments.items()
            )
            rows = f"json_to_recordset(%s::json) AS ({columns})"
            table = f"ROWS FROM ({rows}) WITH ORDINALITY AS asked({names}, place)"
        else:
            values = ", ".join(
                f"json_extract(value, '$[{number}]') AS {name}"
                for number, name in enumerate(self._arguments)
            )
            table = f"(SELECT key AS place, {values} FROM json_each(%s)) AS asked"  # noqa: S608
        constants = [constant for name, constant in places if not name]
        return f"SELECT asked.place, {counts} FROM {table}", constants  # noqa: S608

    def _build_sql(self, args: SimpleNamespace) -> tuple[str, list[Any]]:
        counts, parameters = [], []
        for rows in self._build(args):
            sql, values = _compiled(rows.order_by().values("pk"))
            # Django's SQL.
            counts.append(f"(SELECT COUNT(*) FROM ({sql}{self._limit}) AS found)")  # noqa: S608
            parameters += values
        return f"SELECT {', '.join(counts)}", parameters


class PreparedFinds(PreparedCounts):
    """As PreparedCounts, but counts no further than 1: whether there are any."""

    _limit = " LIMIT 1"


class _Columns(NamedTuple):
    """The columns that a statement reads, in their order."""

    names: list[str]
    #: The place of a column, with what makes a value of what the driver returned.
    converters: list[tuple[int, Callable[..., Any], Any]]


class PreparedRows(_Prepared, Generic[Row]):
    """Reads a queryset's rows as instances; it may slice and lock, but not join."""

    def __init__(self, model: type[Row], build: Build, **arguments: type) -> None:
        super().__init__(arguments)
        self._model = model
        self._build = build
        #: Database vendor → what is read.
        self._columns: dict[str, _Columns] = {}

    def __call__(self, **values: Any) -> list[Row]:
        sql, parameters = self._filled(values)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            rows = cursor.fetchall()
        database = connections[DEFAULT_DB_ALIAS]
        names, converters = self._columns[database.vendor]
        found = []
        for row in rows:
            read = list(row)
            for place, convert, expression in converters:
                read[place] = convert(read[place], expression, database)
            found.append(self._model.from_db(DEFAULT_DB_ALIAS, names, read))
        return found

    def _build_sql(self, args: SimpleNamespace) -> tuple[str, list[Any]]:
        compiler = self._build(args).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        expressions = [expression for expression, *_ in compiler.select]
        found = compiler.get_converters(expressions)
        self._columns[connection.vendor] = _Columns(
            [expression.target.attname for expression in expressions],
            [
                (place, convert, expression)
                for place, (converts, expression) in found.items()
                for convert in converts
            ],
        )
        return sql, list(parameters)


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
        return lambda value, database: None if value is None else _moment(value, database)
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


def _compiled(rows: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    sql, parameters = rows.query.get_compiler(connection=connection).as_sql()
    return sql, list(parameters)


def _has_trace(parameter: Any) -> bool:
    return any(trace in str(parameter) for trace in TRACES)


def _adapted(value: Any) -> Any:
    """Return the value in the form in which Django's fields give it to the driver."""
    if isinstance(value, datetime):
        return _moment(value, connections[DEFAULT_DB_ALIAS])
    return value


def _in_json(value: datetime) -> str:
    """Return a moment in the form in which a document has it."""
    adapted = _adapted(value)
    return adapted.isoformat() if isinstance(adapted, datetime) else str(adapted)


def _moment(value: datetime, database: Any) -> Any:
    return _adapted_moment(value, database.vendor)


@lru_cache(maxsize=64)
def _adapted_moment(value: datetime, _vendor: str) -> Any:
    # A group's rows have few different moments.
    return connection.ops.adapt_datetimefield_value(value)
