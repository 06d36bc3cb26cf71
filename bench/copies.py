"""Multiply rows within PostgreSQL: each copy takes its own key and moment."""

from django.db import connection, models

#: Over so many days the copies are spread, up to now.
DAYS = 30


def copy(model: type[models.Model], source: str, **expressions: str) -> None:
    """Insert a row for each of `source`; columns that no expression names are its `t`'s own."""
    quote = connection.ops.quote_name
    columns = [
        field.column
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField)
    ]
    values = [expressions.get(column, f"t.{quote(column)}") for column in columns]
    into = f"{quote(model._meta.db_table)} ({', '.join(map(quote, columns))})"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {into} SELECT {', '.join(values)} FROM {source}")  # noqa: S608


def table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def id_at(moment: str) -> str:
    """Return an expression for a UUID of version 7 of this moment."""
    head = f"lpad(to_hex((extract(epoch FROM {moment}) * 1000)::bigint), 12, '0')"
    tail = "substr(md5(random()::text), 1, 3) || 'a' || substr(md5(random()::text), 1, 15)"
    return f"({head} || '7' || {tail})::uuid"


def one(model: type[models.Model], many: float, moment: str = "now()") -> str:
    """Return a source of copies of the model's newest row: `n` counts them, `m` is their moment."""
    newest = f"(SELECT * FROM {table(model)} ORDER BY id DESC LIMIT 1)"  # noqa: S608
    counted = f"generate_series(1, {int(many)}) AS n"
    return f"{newest} AS t, {counted}, LATERAL (SELECT {moment} AS m) AS at"


def spread(many: float) -> str:
    """Return an expression for moments spread over the days, the last n the newest."""
    return f"now() - ({int(many)} - n) * interval '{DAYS * 86_400 / max(1, int(many)):.6f} s'"
