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
from django.utils.translation import gettext as _

from moderation.lib.errors import Conflict
from moderation.lib.languages import figure
from moderation.models import ModerationLog
from moderation.pages import refusals
from moderation.pages.highlight import kind_name
from moderation.pages.shell import ProjectPage
from reviews.decisions.bulk import MOST_AT_ONCE, BulkResult, decide_many, undo_many
from reviews.decisions.bulk_preview import BulkPreviewRow, preview_bulk
from reviews.decisions.case import DecisionRequest
from reviews.models import DecisionKind, ReviewItem
from reviews.queue.filters import Viewer
from reviews.queue.list_rows import DECIDED
from reviews.queue.reasons import NAMES, OTHERS, suggested_code
from reviews.queue.selection import selection_of

#: Above it the number of items must be typed.
MOST_UNTYPED = 20
MAX_NOTE_LENGTH = 2000
REASONS = {**NAMES, **OTHERS}


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
    def back(self) -> str:
        """The URL of the list that the person came from."""
        query = selection_of(QueryDict(self.request.POST.get("query", "")).dict()).query()
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
        sent = self.request.POST
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
            "note": sent.get("note", "")[:MAX_NOTE_LENGTH],
            "must_type": len(ready) > MOST_UNTYPED,
            "error": error,
        }
        return self.render("reviews/bulk.html", context, status=422 if error else 200)

    def results(self, outcomes: list[Outcome], done: str, **more: Any) -> HttpResponse:
        kinds = [outcome.kind for outcome in outcomes]
        context = {
            "back": self.back,
            "query": self.request.POST.get("query", ""),
            "done": done,
            "outcomes": outcomes,
            "done_count": kinds.count("done"),
            "conflict_count": kinds.count("conflict"),
            "failed_count": kinds.count("failed"),
        }
        return self.render("reviews/bulk_done.html", {**context, **more})


class Bulk(BulkPage):
    """POST /p/{slug}/queue/bulk: preview the effect on each item."""

    def post(self, request: HttpRequest) -> HttpResponse:
        ids, kind = ids_from(request.POST.getlist("id")), kind_from(request.POST)
        fitting = 0
        if "all" in request.POST:
            wanted = selection_of(QueryDict(request.POST.get("query", "")).dict())
            viewer = Viewer(self.caller, timezone.now())
            ids, fitting = wanted.unclaimed_ids(viewer, MOST_AT_ONCE)
        if kind is None:
            return self.refused(_("No such decision; nothing was changed."))
        if not ids:
            return self.refused(_("Nothing was selected."))
        if len(ids) > MOST_AT_ONCE:
            return self.refused(
                _("Select at most {most_at_once} items. Nothing was changed.").format(
                    most_at_once=MOST_AT_ONCE
                )
            )
        return self.preview(ids, kind, fitting=fitting)


class BulkDecide(BulkPage):
    """POST /p/{slug}/queue/bulk/decide: decide the selected items, one after the other."""

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
        return self.results(outcomes_of(self, results), DECIDED[kind], may_undo=True, **more)


class BulkUndo(BulkPage):
    """POST /p/{slug}/queue/bulk/undo: undo the decision on each item."""

    def post(self, request: HttpRequest) -> HttpResponse:
        ids = ids_from(request.POST.getlist("id"))[:MOST_AT_ONCE]
        if not ids:
            return self.refused(_("Nothing was selected."))
        results = undo_many(ids, self.caller, now=timezone.now())
        return self.results(outcomes_of(self, results), kind_name("undone"))


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
            versions[ids[0]] = int(version) if version.isascii() and version.isdigit() else 0
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


def outcomes_of(page: ProjectPage, results: list[BulkResult]) -> list[Outcome]:
    """Return the results with the log that each is about."""
    items = ReviewItem.objects.filter(project=page.project).select_related("log")
    by_id = items.in_bulk([result.id for result in results])
    outcomes = []
    for result in results:
        log = by_id[result.id].log if result.id in by_id else None
        if result.error is None:
            outcomes.append(Outcome(result.id, log, "done"))
        else:
            kind = "conflict" if isinstance(result.error, Conflict) else "failed"
            outcomes.append(Outcome(result.id, log, kind, refusals.in_words(result.error.detail)))
    return outcomes
