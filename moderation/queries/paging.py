"""Lists by keyset: a page costs the same however deep it lies, and no row is counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

PAGE_SIZE = 50
#: Counts go no further: far figures cost more than they tell.
MOST_COUNTED = 1000

Row = TypeVar("Row", bound=Model)
#: A row's moment and primary key.
Cursor = tuple[datetime, Any]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A page of rows, newest first, and the cursors of its neighbours ("" = there is none)."""

    rows: list[Row]
    newer: str = ""
    older: str = ""


def page_of(
    rows: QuerySet[Row], moment: str, *, before: str = "", after: str = "", size: int = PAGE_SIZE
) -> Page[Row]:
    """Return the rows before (older than) or after (newer than) a cursor; the newest without one.

    moment: the time column; rows of one moment stand by primary key. What is no cursor that this
    gave out counts as none.
    """
    if (cursor := _read(rows, after)) is not None:
        return _newer(rows, moment, cursor, size)
    cursor = _read(rows, before)
    older = rows.filter(_beyond(moment, "lt", cursor)) if cursor else rows
    found = list(older.order_by(f"-{moment}", "-pk")[: size + 1])
    return Page(
        found[:size],
        newer=_write(found[0], moment) if cursor and found else "",
        older=_write(found[size - 1], moment) if len(found) > size else "",
    )


def _newer(rows: QuerySet[Row], moment: str, cursor: Cursor, size: int) -> Page[Row]:
    newer = rows.filter(_beyond(moment, "gt", cursor))
    found = list(newer.order_by(moment, "pk")[: size + 1])
    if len(found) <= size:
        # The top was reached: show it whole, as without a cursor.
        return page_of(rows, moment, size=size)
    shown = found[:size][::-1]
    return Page(shown, newer=_write(shown[0], moment), older=_write(shown[-1], moment))


def capped_count(rows: QuerySet[Any], most: int = MOST_COUNTED) -> str:
    """Return how many rows there are, in words that fit a heading: 12, or 1,000+."""
    count = rows.order_by()[: most + 1].count()
    return f"{most:,}+" if count > most else f"{count:,}"


def _beyond(moment: str, side: str, cursor: Cursor) -> Q:
    at, key = cursor
    beyond = Q(**{f"{moment}__{side}": at}) | Q(**{moment: at, f"pk__{side}": key})
    # The first condition is implied by the second, but lets an index begin there.
    return Q(**{f"{moment}__{side}e": at}) & beyond


def _write(row: Model, moment: str) -> str:
    return f"{getattr(row, moment).isoformat()}~{row.pk}"


def _read(rows: QuerySet[Any], text: str) -> Cursor | None:
    at, _, key = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        found = rows.model._meta.pk.to_python(key)
    except (ValueError, OverflowError, ValidationError):
        return None
    return (moment, found) if moment.tzinfo else None
