"""Rule on several items at once: a preview of each, then an itemised result."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from moderation.errors import Conflict
from moderation.models import ModerationLog
from moderation.pages.shell import ProjectPage
from reviews.bulk import MOST_AT_ONCE, BulkResult, decide_many, undo_many
from reviews.cases import Order
from reviews.models import ReviewItem, Ruling
from reviews.plans import plans_of
from reviews.reasons import NAMES, OTHERS
from reviews.rows import RULED
from reviews.selection import selection_of

#: Above it the number of items must be typed.
MOST_UNTYPED = 20
MAX_NOTE_LENGTH = 2000
REASONS = {**NAMES, **OTHERS}


@dataclass(frozen=True)
class Outcome:
    """What became of one item."""

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
    """What the steps of a bulk ruling share."""

    action = "review"
    place = "Queue"

    @property
    def back(self) -> str:
        """The list that one came from."""
        query = selection_of(QueryDict(self.request.POST.get("query", "")).dict()).query()
        address = reverse("desk:queue", args=[self.project.slug])
        return f"{address}?{query}" if query else address

    def refused(self, text: str) -> HttpResponse:
        messages.error(self.request, text)
        return redirect(self.back)

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(self.back)

    def preview(self, ids: list[UUID], ruling: Ruling, error: str = "") -> HttpResponse:
        plans = plans_of(ids, ruling, self.caller, now=timezone.now())
        ready = [plan for plan in plans if not plan.left_out]
        sent = self.request.POST
        context = {
            "back": self.back,
            "query": sent.get("query", ""),
            "ruling": ruling,
            "ready": ready,
            "left_out": [plan for plan in plans if plan.left_out],
            "ticked": ticked(sent) if "item" in sent else {plan.item.pk for plan in ready},
            "reasons": REASONS,
            "reason_code": sent.get("reason_code", ""),
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
    """POST /p/{slug}/queue/bulk: show what would happen to each of the items."""

    def post(self, request: HttpRequest) -> HttpResponse:
        ids, ruling = ids_from(request.POST.getlist("id")), ruling_from(request.POST)
        if ruling is None:
            return self.refused("No such decision; nothing was changed.")
        if not ids:
            return self.refused("Nothing was selected.")
        if len(ids) > MOST_AT_ONCE:
            text = f"At most {MOST_AT_ONCE} items can be decided at once; nothing was changed."
            return self.refused(text)
        return self.preview(ids, ruling)


class BulkDecide(BulkPage):
    """POST /p/{slug}/queue/bulk/decide: rule on the ticked items, each by itself."""

    def post(self, request: HttpRequest) -> HttpResponse:
        sent, ruling = request.POST, ruling_from(request.POST)
        if ruling is None:
            return self.refused("No such decision; nothing was changed.")
        versions = versions_from(sent.getlist("item"))
        if error := error_in(sent, ruling, len(versions)):
            return self.preview(ids_from(sent.getlist("id"))[:MOST_AT_ONCE], ruling, error)
        order = Order(
            ruling,
            reason_code=sent.get("reason_code", "") if ruling == Ruling.REJECT else "",
            note=sent.get("note", "").strip(),
        )
        now = timezone.now()
        found = decide_many(versions, order, self.caller, now=now, versions=versions)
        more = {"ruling": ruling, "reason_code": order.reason_code, "note": order.note}
        return self.results(outcomes_of(self, found), RULED[ruling], may_undo=True, **more)


class BulkUndo(BulkPage):
    """POST /p/{slug}/queue/bulk/undo: take the ruling on each of the items back."""

    def post(self, request: HttpRequest) -> HttpResponse:
        ids = ids_from(request.POST.getlist("id"))[:MOST_AT_ONCE]
        if not ids:
            return self.refused("Nothing was selected.")
        results = undo_many(ids, self.caller, now=timezone.now())
        return self.results(outcomes_of(self, results), "taken back")


def ruling_from(sent: QueryDict) -> Ruling | None:
    asked = sent.get("ruling", "")
    return Ruling(asked) if asked in Ruling.values else None


def ids_from(texts: Iterable[str]) -> list[UUID]:
    """Return the ids, each once; what is none is left out."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)


def versions_from(texts: Iterable[str]) -> dict[UUID, int]:
    """Return the ticked items with the version that was shown, from `<id>:<version>`."""
    found = {}
    for text in texts:
        item_id, _, version = text.partition(":")
        if ids := ids_from([item_id]):
            found[ids[0]] = int(version) if version.isascii() and version.isdigit() else 0
    return found


def ticked(sent: QueryDict) -> set[UUID]:
    return set(versions_from(sent.getlist("item")))


def error_in(sent: QueryDict, ruling: Ruling, count: int) -> str:
    """Return what is missing before the items may be ruled on; "" if nothing is."""
    if not count:
        return "Tick at least one item."
    if count > MOST_AT_ONCE:
        return f"At most {MOST_AT_ONCE} items can be decided at once."
    if ruling == Ruling.REJECT and sent.get("reason_code") not in REASONS:
        return "Choose the reason for which they are rejected."
    note = sent.get("note", "")
    if len(note) > MAX_NOTE_LENGTH or "\0" in note:
        return f"The note may have {MAX_NOTE_LENGTH} characters."
    if count > MOST_UNTYPED and sent.get("count", "").strip() != str(count):
        return f"You ticked {count} items: type {count} to confirm."
    return ""


def outcomes_of(page: ProjectPage, results: list[BulkResult]) -> list[Outcome]:
    """Return the results with the content that each is about."""
    items = ReviewItem.objects.filter(project=page.project).select_related("log")
    known = items.in_bulk([result.id for result in results])
    return [_outcome(result, known.get(result.id)) for result in results]


def _outcome(result: BulkResult, item: ReviewItem | None) -> Outcome:
    log = item.log if item else None
    if result.error is None:
        return Outcome(result.id, log, "done")
    kind = "conflict" if isinstance(result.error, Conflict) else "failed"
    return Outcome(result.id, log, kind, result.error.detail)
