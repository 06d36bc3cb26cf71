"""Keyset pagination: every page costs the same, and no rows are counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from moderation.lib.languages import figure

PAGE_SIZE = 50
#: The highest count: counting further costs more than it tells.
MOST_COUNTED = 1000

Row = TypeVar("Row", bound=Model)
#: A row's time and primary key.
Cursor = tuple[datetime, Any]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A page of rows, newest first, and the cursors of its neighbours ("" = none)."""

    rows: list[Row]
    newer: str = ""
    older: str = ""


def page_of(
    rows: QuerySet[Row], moment: str, *, before: str = "", after: str = "", size: int = PAGE_SIZE
) -> Page[Row]:
    """Return the rows before (older than) or after (newer than) a cursor; else the newest rows.

    moment: the time column; rows of the same time are ordered by primary key. An invalid cursor
    counts as none.
    """
    if (cursor := _read(rows, after)) is not None:
        newer = rows.filter(_beyond(moment, "gt", cursor))
        page = list(newer.order_by(moment, "pk")[: size + 1])
        if len(page) <= size:
            # This is the first page: show it whole, as without a cursor.
            return page_of(rows, moment, size=size)
        shown = page[:size][::-1]
        return Page(shown, newer=_write(shown[0], moment), older=_write(shown[-1], moment))
    cursor = _read(rows, before)
    older = rows.filter(_beyond(moment, "lt", cursor)) if cursor else rows
    page = list(older.order_by(f"-{moment}", "-pk")[: size + 1])
    return Page(
        page[:size],
        newer=_write(page[0], moment) if cursor and page else "",
        older=_write(page[size - 1], moment) if len(page) > size else "",
    )


def page_of_oldest(
    rows: QuerySet[Row], moment: str, *, after: str = "", size: int = PAGE_SIZE
) -> Page[Row]:
    """Return the oldest rows, or those after a cursor, the oldest first.

    The page's `older` is then the cursor of the rows that follow, which are newer.
    """
    cursor = _read(rows, after)
    following = rows.filter(_beyond(moment, "gt", cursor)) if cursor else rows
    page = list(following.order_by(moment, "pk")[: size + 1])
    return Page(page[:size], older=_write(page[size - 1], moment) if len(page) > size else "")


def capped_count(rows: QuerySet[Any], most: int = MOST_COUNTED) -> str:
    """Return the number of rows as a text for a heading: 12, or 1,000+."""
    count = rows.order_by()[: most + 1].count()
    return f"{figure(most)}+" if count > most else figure(count)


def _beyond(moment: str, side: str, cursor: Cursor) -> Q:
    at, key = cursor
    beyond = Q(**{f"{moment}__{side}": at}) | Q(**{moment: at, f"pk__{side}": key})
    # The second condition implies the first, which lets an index start there.
    return Q(**{f"{moment}__{side}e": at}) & beyond


def _write(row: Model, moment: str) -> str:
    return f"{getattr(row, moment).isoformat()}~{row.pk}"


def _read(rows: QuerySet[Any], text: str) -> Cursor | None:
    at, _, key = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        pk = rows.model._meta.pk.to_python(key)
    except (ValueError, OverflowError, ValidationError):
        return None
    return (moment, pk) if moment.tzinfo else None
