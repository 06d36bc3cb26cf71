"""The review queue: its lanes, filters and rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from moderation.accounts.callers import Caller
from moderation.accounts.permissions import may
from moderation.lib.content_keys import encrypts_texts
from moderation.models import ModerationLog
from moderation.pages.language_names import language_name
from moderation.pages.shell import PageContext, ProjectPage
from moderation.rules.active import policy_of
from reviews.models import Decision, ReviewItem
from reviews.queue import selection
from reviews.queue.filters import FILTERS, Viewer, is_available
from reviews.queue.lanes import DONE, MINE, LaneFigure, lane_figures
from reviews.queue.list_rows import rows_of
from reviews.queue.saved_filters import query_of, saved_filters_of
from reviews.queue.selection import DECIDED, SORTS, Selection, selection_of

#: The bar counts this many new items; with more, the list is reloaded.
MOST_NEW = 100


def look_of(page: ProjectPage) -> Viewer:
    return Viewer(page.caller, timezone.now())


class Queue(ProjectPage):
    """GET /p/{slug}/queue; htmx gets only the rows after a cursor."""

    place = "Queue"

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.wants_piece:
            wanted = selection_of(request.GET.dict())
            return self.piece("reviews/_rows.html", list_context(self, wanted, look_of(self)))
        return self.render("reviews/queue.html", queue_context(self))


class Lanes(ProjectPage):
    """GET /p/{slug}/queue/lanes: the lanes now, and how many of `ids` are new in this list."""

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
    """GET /p/{slug}/queue/new: the rows of those `ids` that belong in this list."""

    place = "Queue"

    def get(self, request: HttpRequest) -> HttpResponse:
        look, wanted = look_of(self), selection_of(request.GET.dict())
        rows = rows_of(new_items(wanted, look, request), wanted, look)
        context = {"query": wanted.query(), "rows": rows, "is_fresh": True}
        return self.piece("reviews/_rows.html", {**context, **rights_of(self.caller)})


def queue_context(page: ProjectPage, open_id: UUID | None = None) -> PageContext:
    """Return the context of `reviews/queue.html` without the open item."""
    # Read first, so that no event before the socket's first one is missed.
    seq = page.project.last_seq
    look, wanted = look_of(page), selection_of(list_params(page))
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
        "is_searchable": not encrypts_texts(),
        "sorts": sorts_of(wanted),
        "saved_filters": saved_views(page.caller),
    }


def saved_views(caller: Caller) -> list[dict[str, Any]]:
    """Return the saved filters that the caller can see, with their URL queries."""
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


def list_params(page: ProjectPage) -> dict[str, str]:
    """Return the list's query, from the URL or from the item's form."""
    request = page.request
    if request.method != "POST":
        return request.GET.dict()
    sent = QueryDict(str(request.POST.get("query", "")).lstrip("?"))
    return {name: str(value) for name, value in sent.items()}


def list_context(page: ProjectPage, wanted: Selection, look: Viewer) -> PageContext:
    cursor = list_params(page).get("after", "")
    after = wanted.key_from(cursor) if cursor else None
    items, more = wanted.page(look, after)
    return {
        "wanted": wanted,
        "query": wanted.query(),
        "rows": rows_of(items, wanted, look),
        "more": more,
        "is_first_page": after is None,
        **rights_of(page.caller),
    }


def rights_of(caller: Caller) -> dict[str, bool]:
    return {"may_review": may(caller, "review")}


def lane_entries(wanted: Selection, figures: list[LaneFigure]) -> list[dict[str, Any]]:
    """Return the lanes with their URL queries, which keep the filters."""
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
    """Return the active filters, each with the URL query without it."""
    return [
        {
            "label": FILTERS[name].label,
            "value": FILTERS[name].choices.get(value, value),
            "query": wanted.query(**{name: ""}),
        }
        for name, value in wanted.filters.items()
    ]


def fields_of(page: ProjectPage, wanted: Selection) -> list[dict[str, Any]]:
    """Return the fields of the filter panel: name, label, value and choices."""
    languages = {name: language_name(name) for name in policy_of(page.project).languages}
    return [
        {
            "name": name,
            "label": known.label,
            "value": (value := wanted.filters.get(name, "")),
            # The panel offers the project's languages; a URL can ask for any.
            "choices": (
                {**languages, value: language_name(value) if value else ""}
                if name == "language"
                else known.choices
            ),
        }
        for name, known in FILTERS.items()
        if known.is_offered and is_available(name, wanted.lane)
    ]


def sorts_of(wanted: Selection) -> list[dict[str, Any]]:
    """Return the orders to choose from; the Done lane has only one."""
    if wanted.lane.name == DONE:
        return [{"label": DECIDED.label, "query": wanted.query(), "is_chosen": True}]
    return [
        {"label": sort.label, "query": wanted.query(sort=name), "is_chosen": sort == wanted.sort}
        for name, sort in SORTS.items()
    ]


def empty_context(page: ProjectPage, wanted: Selection, figures: list[LaneFigure]) -> PageContext:
    """Return the context of an empty list: the last decision, the fullest lane, the first run."""
    decisions = Decision.objects.in_effect().filter(project=page.project)
    others = [figure for figure in figures if figure.lane.name not in {"", DONE, MINE}]
    fullest = max(others, key=lambda figure: figure.count)
    return {
        "last_decision": decisions.order_by("-decided_at").first(),
        "elsewhere": fullest if fullest.count and fullest.lane != wanted.lane else None,
        "elsewhere_query": f"lane={fullest.lane.name}",
        "is_first_run": not ModerationLog.objects.filter(project=page.project).exists(),
        "check_url": page.request.build_absolute_uri("/api/v1/moderation/check"),
    }


def new_items(wanted: Selection, look: Viewer, request: HttpRequest) -> list[ReviewItem]:
    """Return the items in `ids` that belong in this list but are not shown yet.

    If only part of the list is loaded (`after` is its last cursor), items beyond that part count
    only if they were created after the page was loaded (`since`).
    """
    ids = ids_of(request.GET)
    if not ids:
        return []
    items = wanted.items(look).filter(pk__in=ids)
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
    """Return the valid ids of a query, which separates them by commas."""
    ids = []
    for text in query.get("ids", "").split(",")[:MOST_NEW]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids


def next_in_lane(
    page: ProjectPage, after_item: ReviewItem, query: str | Mapping[str, str]
) -> ReviewItem | None:
    """Return the item to open after this one, in the lane, filters and order of the query."""
    named = QueryDict(query.lstrip("?")).dict() if isinstance(query, str) else query
    wanted = selection_of({name: str(value) for name, value in named.items()})
    return selection.next_item(wanted, look_of(page), after_item)
