"""The review queue: its lanes, filters and rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from moderation.identity import Caller, may
from moderation.models import ModerationLog
from moderation.pages.shell import ProjectPage
from moderation.queries import policy_of
from reviews import selection
from reviews.filters import FILTERS, Look, makes_sense
from reviews.lanes import DONE, MINE, LaneFigure, lane_figures
from reviews.models import Decision, ReviewItem
from reviews.rows import rows_of
from reviews.saved_filters import query_of, saved_filters_of
from reviews.selection import DECIDED, SORTS, Selection, selection_of

#: How many new items the bar tells apart; beyond it the list is read anew.
MOST_NEW = 100


def look_of(page: ProjectPage) -> Look:
    return Look(page.caller, timezone.now())


class Queue(ProjectPage):
    """GET /p/{slug}/queue; for htmx only the rows after a cursor."""

    place = "Queue"

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.wants_piece:
            wanted = selection_of(request.GET.dict())
            return self.piece("reviews/_rows.html", list_context(self, wanted, look_of(self)))
        return self.render("reviews/queue.html", queue_context(self))


class Lanes(ProjectPage):
    """GET /p/{slug}/queue/lanes: the lanes as they stand, and how many of `ids` are new here."""

    place = "Queue"

    def get(self, request: HttpRequest) -> HttpResponse:
        look, wanted = look_of(self), selection_of(request.GET.dict())
        context = {
            "wanted": wanted,
            "lanes": lane_entries(wanted, lane_figures(self.caller, look.now)),
        }
        return self.piece(
            "reviews/_lanes.html", {**context, "new": new_items(wanted, look, request)}
        )


class New(ProjectPage):
    """GET /p/{slug}/queue/new: the rows of those among `ids` that belong into this list."""

    place = "Queue"

    def get(self, request: HttpRequest) -> HttpResponse:
        look, wanted = look_of(self), selection_of(request.GET.dict())
        rows = rows_of(new_items(wanted, look, request), self.caller, look.now)
        context = {"query": wanted.query(), "rows": rows, "is_fresh": True}
        return self.piece("reviews/_rows.html", {**context, **rights_of(self.caller)})


def queue_context(page: ProjectPage, open_id: UUID | None = None) -> dict[str, Any]:
    """Return what `reviews/queue.html` shows besides the open item."""
    # Read first, so that no event between this and the socket's first is missed.
    seq = page.project.last_seq
    look, wanted = look_of(page), selection_of(asked_of(page))
    figures = lane_figures(page.caller, look.now)
    here = next(figure for figure in figures if figure.lane == wanted.lane)
    context = list_context(page, wanted, look)
    return {
        **context,
        **(empty_context(page, wanted, figures) if not context["rows"] else {}),
        "seq": seq,
        "since": look.now,
        "open_id": open_id,
        "lanes": lane_entries(wanted, figures),
        "here": here,
        "chips": chips_of(wanted),
        "fields": fields_of(page, wanted),
        "sorts": sorts_of(wanted),
        "saved_filters": saved_views(page.caller),
    }


def saved_views(caller: Caller) -> list[dict[str, Any]]:
    """Return the saved filters that the caller sees, with the addresses that show them."""
    return [
        {
            "id": saved.pk,
            "name": saved.name,
            "is_shared": saved.is_shared,
            "query": query_of(saved),
            "may_change": saved.owner == caller.identity or may(caller, "admin"),
        }
        for saved in saved_filters_of(caller)
    ]


def asked_of(page: ProjectPage) -> dict[str, str]:
    """Return the list's query: of the address, or what a form of the item carried along."""
    request = page.request
    if request.method != "POST":
        return request.GET.dict()
    sent = QueryDict(str(request.POST.get("query", "")).lstrip("?"))
    return {name: str(value) for name, value in sent.items()}


def list_context(page: ProjectPage, wanted: Selection, look: Look) -> dict[str, Any]:
    cursor = asked_of(page).get("after", "")
    after = wanted.key_from(cursor) if cursor else None
    items, more = wanted.page(look, after)
    return {
        "wanted": wanted,
        "query": wanted.query(),
        "rows": rows_of(items, page.caller, look.now),
        "more": more,
        "is_first_page": after is None,
        **rights_of(page.caller),
    }


def rights_of(caller: Caller) -> dict[str, bool]:
    return {"may_review": may(caller, "review")}


def lane_entries(wanted: Selection, figures: list[LaneFigure]) -> list[dict[str, Any]]:
    """Return the lanes with their addresses; filters stay, for they say what one looks for."""
    return [
        {
            "figure": figure,
            "query": wanted.query(lane=figure.lane.name, by="", claimed=""),
            "is_here": figure.lane == wanted.lane,
            "is_done": figure.lane.name == DONE,
        }
        for figure in figures
    ]


def chips_of(wanted: Selection) -> list[dict[str, str]]:
    """Return the filters in force, each with the address without it."""
    return [
        {
            "label": FILTERS[name].label,
            "value": FILTERS[name].choices.get(value, value),
            "query": wanted.query(**{name: ""}),
        }
        for name, value in wanted.filters.items()
    ]


def fields_of(page: ProjectPage, wanted: Selection) -> list[dict[str, Any]]:
    """Return the panel's fields: name, label, value, and choices where they are given."""
    languages = {name: name for name in policy_of(page.project).languages}
    return [
        {
            "name": name,
            "label": known.label,
            "value": (value := wanted.filters.get(name, "")),
            # Any language may be asked for by its address; the panel offers the project's own.
            "choices": ({**languages, value: value} if name == "language" else known.choices),
        }
        for name, known in FILTERS.items()
        if known.is_offered and makes_sense(name, wanted.lane)
    ]


def sorts_of(wanted: Selection) -> list[dict[str, Any]]:
    """Return the orders to choose from; what is decided has but one."""
    if wanted.lane.name == DONE:
        return [{"label": DECIDED.label, "query": wanted.query(), "is_chosen": True}]
    return [
        {"label": sort.label, "query": wanted.query(sort=name), "is_chosen": sort == wanted.sort}
        for name, sort in SORTS.items()
    ]


def empty_context(
    page: ProjectPage, wanted: Selection, figures: list[LaneFigure]
) -> dict[str, Any]:
    """Return what an empty list says: since when, where else something waits, or how to begin."""
    rulings = Decision.objects.standing().filter(project=page.project)
    others = [figure for figure in figures if figure.lane.name not in {"", DONE, MINE}]
    fullest = max(others, key=lambda figure: figure.count)
    return {
        "last_ruling": rulings.order_by("-decided_at").first(),
        "elsewhere": fullest if fullest.count and fullest.lane != wanted.lane else None,
        "elsewhere_query": f"lane={fullest.lane.name}",
        "is_first_run": not ModerationLog.objects.filter(project=page.project).exists(),
        "check_url": page.request.build_absolute_uri("/api/v1/moderation/check"),
    }


def new_items(wanted: Selection, look: Look, request: HttpRequest) -> list[ReviewItem]:
    """Return those of the items named in `ids` that this list would show and does not yet.

    Where only a part of the list is loaded (`after` is its last cursor), items that lie beyond it
    count only if they were opened later than the page (`since`).
    """
    asked = ids_of(request.GET)
    if not asked:
        return []
    items = wanted.items(look).filter(pk__in=asked)
    end = wanted.key_from(request.GET.get("after", ""))
    since = moment_of(request.GET.get("since", ""))
    if end and since:
        items = items.exclude(wanted.beyond(end), created_at__lt=since)
    return wanted.detailed(items.order_by(*wanted.sort.fields))


def moment_of(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def ids_of(query: QueryDict) -> list[UUID]:
    """Return the ids of a query, by commas; what is none is left out."""
    found = []
    for text in query.get("ids", "").split(",")[:MOST_NEW]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def next_in_lane(
    page: ProjectPage, after_item: ReviewItem, query: str | Mapping[str, str]
) -> ReviewItem | None:
    """Return the item to open after this one, in the lane, filters and order of the query."""
    named = QueryDict(query.lstrip("?")).dict() if isinstance(query, str) else query
    wanted = selection_of({name: str(value) for name, value in named.items()})
    return selection.next_item(wanted, look_of(page), after_item)
