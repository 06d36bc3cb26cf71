"""Count rows by SQL that is built once: building it anew takes Django longer than running it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import QuerySet

#: Stand in for an argument while the SQL is built; no real value is like them.
STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda number: 9_007_199_254_000_000 + number,
    str: lambda number: f"\x1f{number}",
    datetime: lambda number: datetime(9876, 5, 4, tzinfo=UTC) + timedelta(hours=number),
}
Build = Callable[[SimpleNamespace], Sequence[QuerySet[Any, Any]]]
#: SQL, and for each of its places the function that takes the value from the arguments.
Statement = tuple[str, list[Callable[[dict[str, Any]], Any]]]


class PreparedCounts:
    """Counts the rows of some querysets, whose filters take arguments, in one statement.

    `build` gets the arguments by name and is called once for each kind of database, so it must
    not look at their values. `arguments`: name → type.
    """

    def __init__(self, build: Build, **arguments: type) -> None:
        self._build = build
        self._arguments = arguments
        self._statements: dict[str, Statement] = {}

    def __call__(self, **values: Any) -> list[int]:
        """Return the counts in the order of the querysets."""
        sql, places = self._statement()
        adapted = {name: _adapted(value) for name, value in values.items()}
        with connection.cursor() as cursor:
            cursor.execute(sql, [place(adapted) for place in places])
            return list(cursor.fetchone())

    def _statement(self) -> Statement:
        if connection.vendor not in self._statements:
            self._statements[connection.vendor] = self._prepared()
        return self._statements[connection.vendor]

    def _prepared(self) -> Statement:
        stand_ins = {
            name: STAND_INS[kind](number)
            for number, (name, kind) in enumerate(self._arguments.items())
        }
        names = {_adapted(value): name for name, value in stand_ins.items()}
        counts, places = [], []
        for rows in self._build(SimpleNamespace(**stand_ins)):
            query = rows.order_by().values("pk").query
            sql, parameters = query.get_compiler(connection=connection).as_sql()
            counts.append(f"(SELECT COUNT(*) FROM ({sql}) AS found)")  # noqa: S608 - Django's SQL
            places += [_place(parameter, names) for parameter in parameters]
        return f"SELECT {', '.join(counts)}", places


def _place(parameter: Any, names: dict[Any, str]) -> Callable[[dict[str, Any]], Any]:
    name = names.get(parameter)
    return (lambda values: values[name]) if name else (lambda _: parameter)


def _adapted(value: Any) -> Any:
    """Return the value as the database's driver takes it from Django's fields."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
