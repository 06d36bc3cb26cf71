"""One item of the queue, with all that helps to rule on it."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone

from moderation.identity import PERMISSIONS, may
from moderation.models import ModerationLog
from moderation.pages.shell import ProjectPage
from moderation.queries import policy_of
from reviews.api.rows import item_row, judgement_row
from reviews.casefile import Casefile, casefile_of
from reviews.cases import Order
from reviews.decisions import last_decision_of
from reviews.models import Decision, ReviewItem, Ruling
from reviews.pages.queue import queue_context
from reviews.reasons import reason_name

#: What the item itself asks for in its address; all else belongs to the list.
OWN_PARAMETERS = ("view", "reveal", "reject", "take_over", "undo")
VIEWS = ("original", "conversation", "revisions", "raw")
LANGUAGES = {"en": "English", "es": "Spanish", "ur-Latn": "Roman Urdu"}
RULED = {
    Ruling.APPROVE: "Approved",
    Ruling.REJECT: "Rejected",
    Ruling.DISMISS: "Dismissed",
    Ruling.ESCALATE: "Escalated",
}
#: More open items than this are "many".
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Undoable:
    """A ruling in the undo bar: what it was, and how long the outside waits for it."""

    decision: Decision
    outcome: str
    left: str
    seconds: int


class ItemPage(ProjectPage):
    """GET /p/{slug}/queue/{review_id}"""

    place = "Queue"

    def get(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        context = item_context(self, review_id)
        if self.wants_piece:
            return self.piece("reviews/_item.html", context)
        return whole_page(self, review_id, context)


def whole_page(
    page: ProjectPage, review_id: UUID, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Return the list with the item open beside it."""
    whole = {**queue_context(page, review_id), **context}
    return page.render("reviews/queue.html", whole, status)


def item_context(page: ProjectPage, review_id: UUID, **more: Any) -> dict[str, Any]:
    """Return what `_item.html` needs; `more` is what happened before, e.g. a conflict."""
    asked = page.request.GET
    file = casefile_of(review_id, page.caller, now=timezone.now())
    query = list_query(page.request)
    address = item_url(page, review_id, query)
    return {
        "item": file.item,
        "file": file,
        "query": query,
        "item_url": address,
        "list_url": list_url(page, query),
        "view": asked.get("view") if asked.get("view") in VIEWS else "original",
        "is_revealed": asked.get("reveal") == "1",
        "is_rejecting": asked.get("reject") == "1",
        "is_taking_over": asked.get("take_over") == "1",
        "here": f"{address}{'&' if query else '?'}",
        "kinds": kinds_of(file.log),
        "around": len(file.neighbours.before) + len(file.neighbours.after),
        "removed": 100 - file.activity["approval_rate"],
        "took_ms": 1000 * file.log.processing_seconds,
        "told_language": file.log.language if file.log.language in LANGUAGES else "en",
        "chosen": file.suggested,
        "query_pairs": parse_qsl(query),
        "language": LANGUAGES.get(file.log.language, file.log.language or "unknown"),
        "raw": raw_of(file),
        "ruled": RULED[Ruling(file.ruling.ruling)] if file.ruling else "",
        "ruled_for": reason_name(file.ruling.reason_code) if file.ruling else "",
        "effects": effects_of(file.ruling),
        "claim": file.claim,
        "is_mine": file.is_mine,
        "standing": file.standing,
        # With JavaScript an item that is opened is claimed at once.
        "claims_itself": file.standing == "open" and file.claim is None,
        "undo": undo_of(page, asked.get("undo", "")),
        "needed": PERMISSIONS["review"].role,
        "last_outcome": outcome_of(file.last) if file.last else "",
        **more,
    }


# --- Addresses


def list_query(request: HttpRequest) -> str:
    """Return the list's part of the address, which every verb carries along."""
    sent = request.POST.get("query")
    asked = request.GET if sent is None else QueryDict(sent.lstrip("?"))
    kept = [(name, value) for name in asked for value in asked.getlist(name)]
    return urlencode([pair for pair in kept if pair[0] not in OWN_PARAMETERS])


def item_url(page: ProjectPage, review_id: UUID, query: str = "") -> str:
    path = reverse("desk:item", args=[page.project.slug, review_id])
    return f"{path}?{query}" if query else path


def list_url(page: ProjectPage, query: str = "") -> str:
    path = reverse("desk:queue", args=[page.project.slug])
    return f"{path}?{query}" if query else path


# --- Pieces of the page


def kinds_of(log: ModerationLog) -> list[dict[str, Any]]:
    """Return the legend: each kind that is marked, with its strongest score."""
    scores: dict[str, float] = {}
    for match in log.matches:
        scores[match["category"]] = max(scores.get(match["category"], 0.0), match["score"])
    found = [{"kind": kind, "score": f"{score:.2f}"} for kind, score in scores.items()]
    return [*found, {"kind": "personal_info", "score": ""}] if log.pii else found


def raw_of(file: Casefile) -> str:
    """Return the item as the API shows it; what cannot be seen is written as its number."""
    row = {**item_row(file.item, timezone.now()), **judgement_row(file.log)}
    text = json.dumps(row, indent=2, ensure_ascii=False)
    return "".join(
        char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text
    )


def effects_of(ruling: Decision | None) -> list[str]:
    """Return in words what a ruling changed."""
    if ruling is None or not ruling.is_final:
        return []
    was_shown = ruling.effects["log"]["is_approved"]
    is_shown = ruling.ruling != Ruling.REJECT
    shown = "The message stays" if is_shown else "The message stays hidden"
    if was_shown != is_shown:
        shown = "The message is shown" if is_shown else "The message was hidden"
    counts = (
        ("strikes_given", "strike given"),
        ("strikes_revoked", "strike taken back"),
        ("bans_issued", "ban given"),
        ("bans_lifted", "ban lifted"),
    )
    told = [(len(ruling.effects[name]), words) for name, words in counts]
    return [shown, *(f"{count} {words}" for count, words in told if count)]


# --- What was just done


def undo_of(page: ProjectPage, decided_id: str) -> Undoable | None:
    """Return the undo bar of the caller's own last ruling, if that was on this item."""
    if not decided_id or not may(page.caller, "review"):
        return None
    last = last_decision_of(page.caller, timezone.now())
    if last is None or str(last.review_id) != decided_id:
        return None
    return undoable(page, last)


def undoable(page: ProjectPage, decision: Decision) -> Undoable:
    hold = policy_of(page.project).decision_hold_seconds
    return Undoable(decision, outcome_of(decision), left_in_words(page), hold or 5)


def outcome_of(decision: Decision | Order) -> str:
    """Return a ruling in words: `Rejected: insult`."""
    ruled = RULED[Ruling(decision.ruling)]
    reason = reason_name(decision.reason_code).lower() if decision.reason_code else ""
    return f"{ruled}: {reason}" if reason else ruled


def left_in_words(page: ProjectPage) -> str:
    """Return how many items are open in the project: `11 left`."""
    items = ReviewItem.objects.filter(project=page.project).open()
    count = len(items.values_list("pk", flat=True)[: MOST_COUNTED + 1])
    return f"over {MOST_COUNTED:,} left" if count > MOST_COUNTED else f"{count:,} left"
