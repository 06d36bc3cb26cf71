"""Decide several items at once: a preview of each, then a result for each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from moderation.lib.errors import Conflict
from moderation.lib.highlight import kind_name
from moderation.lib.languages import figure
from moderation.models import ModerationLog
from moderation.pages import refusals
from moderation.pages.shell import ProjectPage
from reviews.decisions.bulk import MOST_AT_ONCE, BulkResult, decide_many, undo_many
from reviews.decisions.bulk_preview import BulkPreviewRow, preview_bulk
from reviews.decisions.case import DecisionRequest, version_of
from reviews.models import DecisionKind, ReviewItem
from reviews.queue.filters import Viewer
from reviews.queue.list_rows import DECIDED
from reviews.queue.reasons import NAMES, OTHERS, suggested_code
from reviews.queue.selection import selection_of

#: Above it the number of items must be typed.
MOST_UNTYPED = 20
MAX_NOTE_LENGTH = 2000
REASONS = {**NAMES, **OTHERS}
#: Of the session: what the last bulk decision or undo did.
RESULT = "bulk_result"


@dataclass(frozen=True)
class Outcome:
    """The result for one item."""

    id: UUID
    #: None where the project has no such item.
    log: ModerationLog | None
    #: `done`, `conflict` or `failed`.
    kind: str
    detail: str = ""

    @property
    def author(self) -> str:
        return (self.log.username or self.log.user_id) if self.log else "unknown"


class BulkPage(ProjectPage):
    """What the steps of a bulk decision share."""

    action = "review"
    place = "Queue"

    @property
    def sent(self) -> QueryDict:
        return self.request.POST if self.request.method == "POST" else self.request.GET

    @property
    def back(self) -> str:
        """The URL of the list that the person came from."""
        return self.list_url(self.sent.get("query", ""))

    def list_url(self, sent: str) -> str:
        query = selection_of(QueryDict(sent).dict()).query()
        address = reverse("desk:queue", args=[self.project.slug])
        return f"{address}?{query}" if query else address

    def refused(self, text: str) -> HttpResponse:
        messages.error(self.request, text)
        return redirect(self.back)

    def get(self, _request: HttpRequest) -> HttpResponse:
        return redirect(self.back)

    def preview(
        self, ids: list[UUID], kind: DecisionKind, error: str = "", fitting: int = 0
    ) -> HttpResponse:
        """Show what would happen; fitting: how many items the list has, if all were chosen."""
        plans = preview_bulk(ids, kind, self.caller, now=timezone.now())
        ready = [plan for plan in plans if not plan.left_out]
        sent = self.sent
        # A note stays out of the address, which servers log.
        last = self.request.session.get(RESULT, {}) if "retry" in sent else {}
        context = {
            "back": self.back,
            "query": sent.get("query", ""),
            "decision": kind,
            "ready": ready,
            "left_out": [plan for plan in plans if plan.left_out],
            "selected": set(versions_from(sent.getlist("item")))
            if "item" in sent
            else {plan.item.pk for plan in ready},
            "reasons": REASONS,
            "fitting": fitting,
            "reason_code": sent.get("reason_code", suggested_for(ready)),
            "note": (sent.get("note", "") or last.get("note", ""))[:MAX_NOTE_LENGTH],
            "must_type": len(ready) > MOST_UNTYPED,
            "error": error,
        }
        return self.render("reviews/bulk.html", context, status=422 if error else 200)

    def results(
        self, outcomes: list[Outcome], done: str, query: str = "", **more: Any
    ) -> HttpResponse:
        kinds = [outcome.kind for outcome in outcomes]
        context = {
            "back": self.list_url(query),
            "query": query,
            "done": done,
            "outcomes": outcomes,
            "done_count": kinds.count("done"),
            "conflict_count": kinds.count("conflict"),
            "failed_count": kinds.count("failed"),
        }
        return self.render("reviews/bulk_done.html", {**context, **more})


class BulkResults(BulkPage):
    """The page after a bulk decision or undo, at the address that it was posted to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        kept = request.session.get(RESULT)
        if kept is None or kept["path"] != request.path:
            return redirect(self.back)
        more = {name: value for name, value in kept.items() if name not in {"path", "rows"}}
        return self.results(outcomes_of(self, kept["rows"]), **more)

    def keep(self, results: list[BulkResult], done: str, **more: Any) -> HttpResponse:
        """Keep the results for that page: a reload of it repeats nothing."""
        self.request.session[RESULT] = {
            "path": self.request.path,
            "query": self.request.POST.get("query", ""),
            "done": done,
            "rows": rows_of(results),
            **more,
        }
        return redirect(self.request.path)


class Bulk(BulkPage):
    """GET, POST /p/{slug}/queue/bulk: preview the effect on each item; a POST leads to the GET."""

    def post(self, request: HttpRequest) -> HttpResponse:
        ids, kind = ids_from(request.POST.getlist("id")), kind_from(request.POST)
        takes_all = "all" in request.POST
        if kind is None:
            return self.refused(_("No such decision; nothing was changed."))
        if not ids and not takes_all:
            return self.refused(_("Nothing was selected."))
        if len(ids) > MOST_AT_ONCE and not takes_all:
            return self.refused(
                _("Select at most {most_at_once} items. Nothing was changed.").format(
                    most_at_once=MOST_AT_ONCE
                )
            )
        chosen = {"all": "1"} if takes_all else {"ids": ",".join(map(str, ids))}
        more = {name: request.POST.get(name, "") for name in ("query", "reason_code", "retry")}
        filled = {name: value for name, value in more.items() if value}
        return redirect(f"{request.path}?{urlencode({'ruling': kind, **chosen, **filled})}")

    def get(self, request: HttpRequest) -> HttpResponse:
        kind, fitting = kind_from(request.GET), 0
        ids = ids_from(request.GET.get("ids", "").split(","))[:MOST_AT_ONCE]
        if kind is None:
            return redirect(self.back)
        if "all" in request.GET:
            wanted = selection_of(QueryDict(request.GET.get("query", "")).dict())
            viewer = Viewer(self.caller, timezone.now())
            ids, fitting = wanted.unclaimed_ids(viewer, MOST_AT_ONCE)
        if not ids:
            return self.refused(_("Nothing was selected."))
        return self.preview(ids, kind, fitting=fitting)


class BulkDecide(BulkResults):
    """GET, POST /p/{slug}/queue/bulk/decide: decide the selected items, one after the other."""

    def post(self, request: HttpRequest) -> HttpResponse:
        sent, kind = request.POST, kind_from(request.POST)
        if kind is None:
            return self.refused(_("No such decision; nothing was changed."))
        versions = versions_from(sent.getlist("item"))
        if error := error_in(sent, kind, len(versions)):
            return self.preview(ids_from(sent.getlist("id"))[:MOST_AT_ONCE], kind, error)
        request_for_all = DecisionRequest(
            kind,
            reason_code=sent.get("reason_code", "") if kind == DecisionKind.REJECT else "",
            note=sent.get("note", "").strip(),
        )
        now = timezone.now()
        results = decide_many(versions, request_for_all, self.caller, now=now, versions=versions)
        more = {
            "decision": kind,
            "reason_code": request_for_all.reason_code,
            "note": request_for_all.note,
        }
        return self.keep(results, str(DECIDED[kind]), may_undo=True, **more)


class BulkUndo(BulkResults):
    """GET, POST /p/{slug}/queue/bulk/undo: undo the decision on each item."""

    def post(self, request: HttpRequest) -> HttpResponse:
        ids = ids_from(request.POST.getlist("id"))[:MOST_AT_ONCE]
        if not ids:
            return self.refused(_("Nothing was selected."))
        results = undo_many(ids, self.caller, now=timezone.now())
        return self.keep(results, str(kind_name("undone")))


def suggested_for(rows: list[BulkPreviewRow]) -> str:
    """Return the reason that fits most of the items; "" without items."""
    codes = Counter(suggested_code(row.log) for row in rows)
    return codes.most_common(1)[0][0] if codes else ""


def kind_from(sent: QueryDict) -> DecisionKind | None:
    value = sent.get("ruling", "")
    return DecisionKind(value) if value in DecisionKind.values else None


def ids_from(texts: Iterable[str]) -> list[UUID]:
    """Return the valid ids, each once."""
    ids: dict[UUID, None] = {}
    for text in texts:
        try:
            ids[UUID(text)] = None
        except ValueError:
            continue
    return list(ids)


def versions_from(texts: Iterable[str]) -> dict[UUID, int]:
    """Return the selected items with the version that the person saw, from `<id>:<version>`."""
    versions = {}
    for text in texts:
        item_id, _, version = text.partition(":")
        if ids := ids_from([item_id]):
            # No item has version 0: what names none is not decided.
            versions[ids[0]] = version_of(version) or 0
    return versions


def error_in(sent: QueryDict, kind: DecisionKind, count: int) -> str:
    """Return what is missing before the items can be decided; "" if nothing is."""
    if not count:
        return _("Select at least one item.")
    if count > MOST_AT_ONCE:
        return _("Select at most {most_at_once} items.").format(most_at_once=MOST_AT_ONCE)
    if kind == DecisionKind.REJECT and sent.get("reason_code") not in REASONS:
        return _("Choose a reason.")
    note = sent.get("note", "")
    if len(note) > MAX_NOTE_LENGTH or "\0" in note:
        return _("The note can have at most {max_note_length} characters.").format(
            max_note_length=figure(MAX_NOTE_LENGTH)
        )
    if count > MOST_UNTYPED and sent.get("count", "").strip() != str(count):
        return _("You selected {count} items: type {count} to confirm.").format(count=count)
    return ""


def rows_of(results: list[BulkResult]) -> list[tuple[str, str, str]]:
    """Return each result's item, kind and detail, as a session can hold them."""
    rows = []
    for result in results:
        if result.error is None:
            rows.append((str(result.id), "done", ""))
        else:
            kind = "conflict" if isinstance(result.error, Conflict) else "failed"
            rows.append((str(result.id), kind, refusals.in_words(result.error.detail)))
    return rows


def outcomes_of(page: ProjectPage, rows: Iterable[tuple[str, str, str]]) -> list[Outcome]:
    """Return the results with the log that each is about."""
    found = [(UUID(item_id), kind, detail) for item_id, kind, detail in rows]
    items = ReviewItem.objects.filter(project=page.project).select_related("log")
    by_id = items.in_bulk([item_id for item_id, _, _ in found])
    return [
        Outcome(item_id, by_id[item_id].log if item_id in by_id else None, kind, detail)
        for item_id, kind, detail in found
    ]
