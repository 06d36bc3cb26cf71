"""SQL that Django builds once: building a statement takes longer than running it."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import QuerySet

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


def _compiled(rows: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    sql, parameters = rows.query.get_compiler(connection=connection).as_sql()
    return sql, list(parameters)


def _has_trace(parameter: Any) -> bool:
    return any(trace in str(parameter) for trace in TRACES)


def _adapted(value: Any) -> Any:
    """Return the value in the form in which Django's fields give it to the driver."""
    if isinstance(value, datetime):
        return adapted_moment(value, connections[DEFAULT_DB_ALIAS])
    return value


def _in_json(value: datetime) -> str:
    """Return a moment in the form in which a document has it."""
    adapted = _adapted(value)
    return adapted.isoformat() if isinstance(adapted, datetime) else str(adapted)


def adapted_moment(value: datetime, database: Any) -> Any:
    return _adapted_moment(value, database.vendor)


@lru_cache(maxsize=64)
def _adapted_moment(value: datetime, _vendor: str) -> Any:
    # A group's rows have few different moments.
    return connection.ops.adapt_datetimefield_value(value)
