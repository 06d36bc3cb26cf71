"""SQL that is built once: to build it takes Django longer than to run it takes the database."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import QuerySet

Row = TypeVar("Row", bound=models.Model)
#: Makes a queryset from arguments, whose values it must not look at.
Build = Callable[[SimpleNamespace], QuerySet[Any, Any]]
BuildAll = Callable[[SimpleNamespace], Sequence[QuerySet[Any, Any]]]
#: Takes the value for one of a statement's places from the arguments.
Place = Callable[[dict[str, Any]], Any]

#: Stand in for an argument while the SQL is built; no real value is like them.
STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda number: 9_007_199_254_000_000 + number,
    str: lambda number: f"\x1f{number}",
    datetime: lambda number: datetime(9876, 5, 4, tzinfo=UTC) + timedelta(hours=number),
}
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
        self._statements: dict[str, tuple[str, list[Place]]] = {}

    def _filled(self, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """Return the SQL and its parameters."""
        if connection.vendor not in self._statements:
            self._statements[connection.vendor] = self._prepared()
        sql, places = self._statements[connection.vendor]
        adapted = {name: _adapted(value) for name, value in values.items()}
        return sql, [place(adapted) for place in places]

    def _prepared(self) -> tuple[str, list[Place]]:
        stand_ins = {
            name: STAND_INS[kind](number)
            for number, (name, kind) in enumerate(self._arguments.items())
        }
        names = {_adapted(value): name for name, value in stand_ins.items()}
        sql, parameters = self._built(SimpleNamespace(**stand_ins))
        return sql, [_place(parameter, names) for parameter in parameters]

    def _built(self, of: SimpleNamespace) -> tuple[str, list[Any]]:
        raise NotImplementedError


class PreparedCounts(_Prepared):
    """Counts the rows of some querysets, in their order, by one statement."""

    def __init__(self, build: BuildAll, **arguments: type) -> None:
        super().__init__(arguments)
        self._build = build

    def __call__(self, **values: Any) -> list[int]:
        sql, parameters = self._filled(values)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchone())

    def _built(self, of: SimpleNamespace) -> tuple[str, list[Any]]:
        counts, parameters = [], []
        for rows in self._build(of):
            sql, values = _compiled(rows.order_by().values("pk"))
            counts.append(f"(SELECT COUNT(*) FROM ({sql}) AS found)")  # noqa: S608 - Django's SQL
            parameters += values
        return f"SELECT {', '.join(counts)}", parameters


class PreparedRows(_Prepared, Generic[Row]):
    """Reads a queryset's rows as instances; it may slice and lock, but not join."""

    def __init__(self, model: type[Row], build: Build, **arguments: type) -> None:
        super().__init__(arguments)
        self._model = model
        self._build = build

    def __call__(self, **values: Any) -> list[Row]:
        sql, parameters = self._filled(values)
        return list(QuerySet(self._model).raw(sql, parameters))

    def _built(self, of: SimpleNamespace) -> tuple[str, list[Any]]:
        return _compiled(self._build(of))


class PreparedInsert(Generic[Row]):
    """Inserts new rows of one model, whose fields alone say which columns there are.

    Writes what `bulk_create` would write. Keys that the database makes are not read back.
    `on_conflict`: the clause that says what happens to rows that are there already.
    """

    def __init__(self, model: type[Row], on_conflict: str = "") -> None:
        fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
        self._columns = [str(field.column) for field in fields]
        self._values = attrgetter(*[field.attname for field in fields])
        self._adapters = [_adapter(field) for field in fields]
        self._table = model._meta.db_table
        self._on_conflict = on_conflict
        self._statements: dict[tuple[str, int], str] = {}

    def __call__(self, *rows: Row) -> None:
        if not rows:
            return
        # The proxy `connection` looks itself up at each use: once is enough for all values.
        database = connections[DEFAULT_DB_ALIAS]
        parameters = [
            value if adapt is None else adapt(value, database)
            for row in rows
            for value, adapt in zip(self._values(row), self._adapters, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(self._statement(len(rows)), parameters)
        for row in rows:
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS

    def _statement(self, rows: int) -> str:
        key = connection.vendor, rows
        if key not in self._statements:
            self._statements[key] = self._built(rows)
        return self._statements[key]

    def _built(self, rows: int) -> str:
        quote = connection.ops.quote_name
        columns = ", ".join(map(quote, self._columns))
        row = f"({', '.join(['%s'] * len(self._columns))})"
        values = ", ".join([row] * rows)
        insert = f"INSERT INTO {quote(self._table)} ({columns}) VALUES {values}"  # noqa: S608
        return f"{insert} {self._on_conflict}".strip()


def _compiled(rows: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    sql, parameters = rows.query.get_compiler(connection=connection).as_sql()
    return sql, list(parameters)


def _place(parameter: Any, names: dict[Any, str]) -> Place:
    name = names.get(parameter)
    return (lambda values: values[name]) if name else (lambda _: parameter)


def _adapted(value: Any) -> Any:
    """Return the value as the database's driver takes it from Django's fields."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def _adapter(field: Any) -> Callable[..., Any] | None:
    """Return what makes a field's value one that the driver takes; None where nothing need be."""
    adapt: Callable[..., Any] = field.get_db_prep_save
    return None if isinstance(field, PLAIN) else adapt
