"""A selection from the queue: a lane, filters and an order, as an address names them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q

from moderation.accounts.permissions import may
from moderation.lib.languages import gettext_lazy
from reviews.models import ReviewItem, ReviewItemQuerySet, ReviewSource
from reviews.queue.filters import FILTERS, Viewer, is_valid
from reviews.queue.lanes import APPEALS, DONE, LANE_BY_NAME, Lane, in_lane

PAGE = 50
#: The lane of decided items ends here; the content page finds older decisions.
DONE_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Sort:
    label: str
    #: Fields, with - for descending; the last one is unique.
    fields: tuple[str, ...]


SORTS: Mapping[str, Sort] = {
    "urgent": Sort(gettext_lazy("Most urgent"), ("-priority", "-id")),
    "oldest": Sort(gettext_lazy("Oldest"), ("created_at", "id")),
    "newest": Sort(gettext_lazy("Newest"), ("-created_at", "-id")),
    "reported": Sort(gettext_lazy("Most reported"), ("-report_count", "-priority", "-id")),
}
URGENT = "urgent"
DECIDED = Sort(gettext_lazy("Last decided"), ("-decided_at", "-id"))
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Selection:
    """A lane, an order and filters; `ignored` names the parts of a query that are invalid."""

    lane: Lane
    sort_name: str = URGENT
    filters: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @property
    def sort(self) -> Sort:
        return DECIDED if self.lane.name == DONE else SORTS[self.sort_name]

    @property
    def order(self) -> str:
        """Return the direction of each part of a cursor, for the browser: `desc asc`."""
        return " ".join("desc" if name.startswith("-") else "asc" for name in self.sort.fields)

    def query(self, **changes: str) -> str:
        """Return the address's query with these changes; an empty value drops its name."""
        named = {"lane": self.lane.name, "sort": self.sort_name, **self.filters, **changes}
        if named["sort"] == URGENT:
            named["sort"] = ""
        return urlencode({name: value for name, value in named.items() if value})

    def items(self, viewer: Viewer) -> ReviewItemQuerySet:
        """Return all selected items, unordered."""
        items = ReviewItem.objects.filter(project=viewer.caller.project)
        items = in_lane(items, self.lane.name, viewer.caller, viewer.now)
        if self.lane.name == DONE:
            items = items.filter(decided_at__gt=viewer.now - DONE_FOR)
        for name, value in self.filters.items():
            items = FILTERS[name].keep(items, value, viewer)
        return items

    def page(self, viewer: Viewer, after: Key | None) -> tuple[list[ReviewItem], str]:
        """Return the items after a key, and the cursor of the next page; "" on the last page."""
        items = self.items(viewer)
        if after is not None:
            items = items.filter(self.beyond(after))
        rows = self.detailed(items.order_by(*self.sort.fields)[: PAGE + 1])
        return rows[:PAGE], self.cursor_of(rows[PAGE - 1]) if len(rows) > PAGE else ""

    def unclaimed_ids(self, viewer: Viewer, most: int) -> tuple[list[UUID], int]:
        """Return the first selected items that nobody else holds, and how many are selected."""
        free = self.items(viewer).free_for(viewer.caller.identity, viewer.now)
        free = free.exclude(source=ReviewSource.APPEAL)
        ids = free.order_by(*self.sort.fields).values_list("pk", flat=True)[:most]
        return list(ids), free.count()

    def detailed(self, items: ReviewItemQuerySet) -> list[ReviewItem]:
        """Fetch what rows show, in this order; sort the ids alone first, which is cheap."""
        details = ReviewItem.objects.filter(pk__in=items.values("pk")).with_details()
        return list(details.order_by(*self.sort.fields))

    def beyond(self, key: Key) -> Q:
        """Return the condition of the items after a key in this order."""
        names = self.sort.fields
        beyond = Q()
        for at in range(len(names)):
            same = {name.lstrip("-"): key[n] for n, name in enumerate(names[:at])}
            beyond |= Q(**same, **_after(names[at], key[at], "t"))
        # The second condition implies the first, but the first lets the index start there.
        return Q(**_after(names[0], key[0], "te")) & beyond

    def key_of(self, item: ReviewItem) -> Key | None:
        """Return an item's key in this order; None if the order does not contain it."""
        key = tuple(getattr(item, name.lstrip("-")) for name in self.sort.fields)
        return None if None in key else key

    def cursor_of(self, item: ReviewItem) -> str:
        return "~".join(
            value.isoformat() if isinstance(value, datetime) else str(value)
            for value in self.key_of(item) or ()
        )

    def key_from(self, cursor: str) -> Key | None:
        """Return the key that a cursor encodes; None for a cursor that is not of this order."""
        parts = cursor.split("~")
        names = [name.lstrip("-") for name in self.sort.fields]
        if len(parts) != len(names):
            return None
        try:
            return tuple(_value_from(part, name) for name, part in zip(names, parts, strict=True))
        except (ValueError, OverflowError):
            return None


def _after(name: str, value: Any, ending: str) -> dict[str, Any]:
    sign = "l" if name.startswith("-") else "g"
    return {f"{name.lstrip('-')}__{sign}{ending}": value}


def _value_from(text: str, name: str) -> float | int | datetime | UUID:
    """Return a key field's value from a cursor; ValueError or OverflowError if it is invalid."""
    if name == "id":
        return UUID(text)
    if name == "report_count":
        return min(int(text), 2**31 - 1)
    if name == "priority":
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
        return number
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def selection_of(query: Mapping[str, str]) -> Selection:
    """Return the selection that an address names; it leaves out unknown parts and lists them."""
    lane = LANE_BY_NAME.get(query.get("lane", ""))
    sort = query.get("sort") or URGENT
    ignored = [name for name, is_known in (("lane", lane), ("sort", sort in SORTS)) if not is_known]
    lane = lane or LANE_BY_NAME[""]
    values = {name: value for name in FILTERS if (value := query.get(name, "").strip())}
    filters = {name: value for name, value in values.items() if is_valid(name, value, lane)}
    ignored += [name for name in values if name not in filters]
    return Selection(lane, sort if sort in SORTS else URGENT, filters, tuple(ignored))


def next_item(selection: Selection, viewer: Viewer, after: ReviewItem) -> ReviewItem | None:
    """Return the item after this one, or the first if it was the last; None if there is no other.

    Skips open items that the caller may not take or that somebody else holds, and appeals outside
    their own lane: they need a written answer.
    """
    caller, now = viewer.caller, viewer.now
    items = selection.items(viewer).exclude(pk=after.pk)
    if selection.lane.name != DONE:
        items = items.free_for(caller.identity, now)
        if not may(caller, "claim_escalated"):
            items = items.filter(escalated=False)
        if selection.lane.name != APPEALS:
            items = items.exclude(source=ReviewSource.APPEAL)
    items = items.order_by(*selection.sort.fields)
    key = selection.key_of(after)
    following = items.filter(selection.beyond(key)).first() if key else None
    return following or items.first()
