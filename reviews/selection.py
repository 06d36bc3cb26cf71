"""What one looks at in the queue: a lane, filters and an order, as an address names them."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q

from moderation.identity import may
from reviews.filters import FILTERS, Look, is_fit
from reviews.lanes import DONE, LANE_BY_NAME, Lane, in_lane
from reviews.models import ReviewItem, ReviewItemQuerySet

PAGE = 50
#: Decisions older than this are found among the contents.
DONE_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Sort:
    label: str
    #: Fields, with - for the greatest first; the last one is unique.
    fields: tuple[str, ...]


SORTS: Mapping[str, Sort] = {
    "urgent": Sort("Most urgent", ("-priority", "-id")),
    "oldest": Sort("Oldest", ("created_at", "id")),
    "newest": Sort("Newest", ("-created_at", "-id")),
    "reported": Sort("Most reported", ("-report_count", "-priority", "-id")),
}
URGENT = "urgent"
DECIDED = Sort("Last decided", ("-decided_at", "-id"))
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Selection:
    """A lane, an order and filters; what was asked for and is none of these is in `ignored`."""

    lane: Lane
    sort_name: str = URGENT
    filters: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @property
    def sort(self) -> Sort:
        return DECIDED if self.lane.name == DONE else SORTS[self.sort_name]

    def query(self, **changes: str) -> str:
        """Return the address's query with these changes; an empty value leaves its name out."""
        named = {"lane": self.lane.name, "sort": self.sort_name, **self.filters, **changes}
        if named["sort"] == URGENT:
            named["sort"] = ""
        return urlencode({name: value for name, value in named.items() if value})

    def items(self, look: Look) -> ReviewItemQuerySet:
        """Return all items that are asked for, in no order."""
        items = ReviewItem.objects.filter(project=look.caller.project)
        items = in_lane(items, self.lane.name, look.caller, look.now)
        if self.lane.name == DONE:
            items = items.filter(decided_at__gt=look.now - DONE_FOR)
        for name, value in self.filters.items():
            items = FILTERS[name].apply(items, value, look)
        return items

    def page(self, look: Look, after: Key | None) -> tuple[list[ReviewItem], str]:
        """Return the items after a key, and the cursor of the next page; "" on the last one."""
        items = self.items(look)
        if after is not None:
            items = items.filter(self.beyond(after))
        found = self.detailed(items.order_by(*self.sort.fields)[: PAGE + 1])
        return found[:PAGE], self.cursor_of(found[PAGE - 1]) if len(found) > PAGE else ""

    def detailed(self, items: ReviewItemQuerySet) -> list[ReviewItem]:
        """Fetch what rows show, in this order; first the ids alone, so that sorting is light."""
        chosen = ReviewItem.objects.filter(pk__in=items.values("pk")).with_details()
        return list(chosen.order_by(*self.sort.fields))

    def beyond(self, key: Key) -> Q:
        """Return what lies after a key in this order."""
        names = self.sort.fields
        found = Q()
        for at in range(len(names)):
            same = {name.lstrip("-"): key[n] for n, name in enumerate(names[:at])}
            found |= Q(**same, **_after(names[at], key[at], "t"))
        # The first condition is implied by the second, but lets the index begin there.
        return Q(**_after(names[0], key[0], "te")) & found

    def key_of(self, item: ReviewItem) -> Key | None:
        """Return where an item stands in this order; None if it stands nowhere."""
        key = tuple(getattr(item, name.lstrip("-")) for name in self.sort.fields)
        return None if None in key else key

    def cursor_of(self, item: ReviewItem) -> str:
        return "~".join(_written(value) for value in self.key_of(item) or ())

    def key_from(self, cursor: str) -> Key | None:
        """Return the key that a cursor names; None if this order gave out no such one."""
        parts = cursor.split("~")
        names = [name.lstrip("-") for name in self.sort.fields]
        if len(parts) != len(names):
            return None
        try:
            return tuple(READ[name](part) for name, part in zip(names, parts, strict=True))
        except (ValueError, OverflowError):
            return None


def _after(name: str, value: Any, ending: str) -> dict[str, Any]:
    sign = "l" if name.startswith("-") else "g"
    return {f"{name.lstrip('-')}__{sign}{ending}": value}


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _count(text: str) -> int:
    return min(int(text), 2**31 - 1)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


READ: Mapping[str, Callable[[str], Any]] = {
    "priority": _finite,
    "report_count": _count,
    "created_at": _moment,
    "decided_at": _moment,
    "id": UUID,
}


def selection_of(query: Mapping[str, str]) -> Selection:
    """Return what an address asks for; what is unknown is left out and named."""
    lane = LANE_BY_NAME.get(query.get("lane", ""))
    sort = query.get("sort") or URGENT
    ignored = [name for name, is_known in (("lane", lane), ("sort", sort in SORTS)) if not is_known]
    lane = lane or LANE_BY_NAME[""]
    asked = {name: value for name in FILTERS if (value := query.get(name, "").strip())}
    filters = {name: value for name, value in asked.items() if is_fit(name, value, lane)}
    ignored += [name for name in asked if name not in filters]
    return Selection(lane, sort if sort in SORTS else URGENT, filters, tuple(ignored))


def next_item(selection: Selection, look: Look, after: ReviewItem) -> ReviewItem | None:
    """Return the item to look at after this one, from the top where none follows; None if none.

    Of open items only those which the caller may take and nobody else holds.
    """
    items = selection.items(look).exclude(pk=after.pk)
    if selection.lane.name != DONE:
        items = items.filter(_is_free(look))
    items = items.order_by(*selection.sort.fields)
    key = selection.key_of(after)
    following = items.filter(selection.beyond(key)).first() if key else None
    return following or items.first()


def _is_free(look: Look) -> Q:
    free = (
        Q(claim=None) | Q(claim__expires_at__lte=look.now) | Q(claim__holder=look.caller.identity)
    )
    return free if may(look.caller, "claim_escalated") else free & Q(escalated=False)
