"""One item of the queue, with everything that helps to decide it."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation.accounts.permissions import PERMISSIONS, may
from moderation.lib.languages import figure, gettext_lazy
from moderation.models import ModerationLog
from moderation.pages.language_names import language_name
from moderation.pages.shell import PageContext, ProjectPage
from moderation.pipeline.author_messages import SENTENCES
from moderation.rules.active import policy_of
from reviews.casefile.casefile import Casefile, casefile_of
from reviews.casefile.history import Neighbours
from reviews.casefile.rows import item_row, judgement_row
from reviews.decisions.case import DecisionRequest
from reviews.decisions.escalation import escalation_of
from reviews.decisions.undo import last_decision_of
from reviews.models import Decision, DecisionKind, ReviewItem
from reviews.pages.queue import list_params, look_of, queue_context
from reviews.queue.lanes import DONE, MINE
from reviews.queue.reasons import reason_name
from reviews.queue.selection import selection_of

#: Parameters of the item's own URL; all others belong to the list.
OWN_PARAMETERS = ("view", "reveal", "reject", "undo")
VIEWS = ("original", "conversation", "revisions", "raw")
DECIDED = {
    DecisionKind.APPROVE: gettext_lazy("Approved"),
    DecisionKind.REJECT: gettext_lazy("Rejected"),
    DecisionKind.DISMISS: gettext_lazy("Dismissed"),
    DecisionKind.ESCALATE: gettext_lazy("Escalated"),
}
#: Messages before and after that stand beside the text.
NEAR = 2
#: More open items than this are "many".
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Undoable:
    """A decision in the undo bar; it leaves for the outside after `seconds`."""

    decision: Decision
    outcome: str
    left: str
    seconds: int


class ItemPage(ProjectPage):
    """GET /p/{slug}/queue/{review_id}"""

    place = "Queue"

    def get(self, _request: HttpRequest, review_id: UUID) -> HttpResponse:
        context = item_context(self, review_id)
        if self.wants_piece:
            return self.piece("reviews/_item.html", context)
        return whole_page(self, review_id, context)


def whole_page(
    page: ProjectPage, review_id: UUID, context: PageContext, status: int = 200
) -> HttpResponse:
    """Return the list with the item open beside it."""
    whole = {**queue_context(page, review_id), **context}
    return page.render("reviews/queue.html", whole, status)


def item_context(page: ProjectPage, review_id: UUID, **more: Any) -> PageContext:
    """Return the context of `_item.html`; `more` adds to it, e.g. a conflict."""
    params = page.request.GET
    file = casefile_of(review_id, page.caller, now=timezone.now())
    query = list_query(page.request)
    address = item_url(page, review_id, query)
    return {
        "item": file.item,
        "file": file,
        "query": query,
        "item_url": address,
        "list_url": list_url(page, query),
        "view": params.get("view") if params.get("view") in VIEWS else "original",
        "is_piece": page.wants_piece,
        "is_revealed": params.get("reveal") == "1",
        "is_rejecting": params.get("reject") == "1",
        "here": f"{address}{'&' if query else '?'}",
        "kinds": kinds_of(file.log),
        "near": Neighbours(file.neighbours.before[-NEAR:], file.neighbours.after[:NEAR]),
        "escalation": escalation_of(file.item) if file.access != "decided" else None,
        "copies": count_copies(file.item) if file.access != "decided" else 0,
        "around": len(file.neighbours.before) + len(file.neighbours.after),
        "removed": 100 - file.activity["approval_rate"],
        "took_ms": 1000 * file.log.processing_seconds,
        "author_language": file.log.language if file.log.language in SENTENCES else "en",
        "chosen": file.suggested,
        "query_pairs": parse_qsl(query),
        "language": language_name(file.log.language),
        "raw": raw_of(file),
        "decision_name": DECIDED[DecisionKind(file.decision.ruling)] if file.decision else "",
        "decision_reason": reason_name(file.decision.reason_code) if file.decision else "",
        "effects": effects_of(file.decision),
        "claim": file.claim,
        "is_mine": file.is_mine,
        "access": file.access,
        # JavaScript claims an item as soon as it is opened.
        "claims_itself": file.access == "open" and file.claim is None,
        "undo": undo_of(page, params.get("undo", "")),
        "may_ban": may(page.caller, "admin"),
        "needed": PERMISSIONS["review"].role,
        "last_outcome": outcome_of(file.last) if file.last else "",
        **more,
    }


def count_copies(item: ReviewItem) -> int:
    """Return how many other open items have the same text, or nearly the same."""
    if not item.log.copy_hash:
        return 0
    items = ReviewItem.objects.filter(project=item.project_id, log__project=item.project_id).open()
    return items.filter(log__copy_hash=item.log.copy_hash).exclude(pk=item.pk).count()


# --- Addresses


def list_query(request: HttpRequest) -> str:
    """Return the list's part of the URL query, which every action on the item passes on."""
    sent = request.POST.get("query")
    params = request.GET if sent is None else QueryDict(sent.lstrip("?"))
    pairs = [(name, value) for name in params for value in params.getlist(name)]
    return urlencode([pair for pair in pairs if pair[0] not in OWN_PARAMETERS])


def item_url(page: ProjectPage, review_id: UUID, query: str = "") -> str:
    path = reverse("desk:item", args=[page.project.slug, review_id])
    return f"{path}?{query}" if query else path


def list_url(page: ProjectPage, query: str = "") -> str:
    path = reverse("desk:queue", args=[page.project.slug])
    return f"{path}?{query}" if query else path


# --- Pieces of the page


def kinds_of(log: ModerationLog) -> list[dict[str, str]]:
    """Return the legend: each marked kind with its highest score."""
    scores: dict[str, float] = {}
    for match in log.matches:
        scores[match["category"]] = max(scores.get(match["category"], 0.0), match["score"])
    legend = [{"kind": kind, "score": figure(score, 2)} for kind, score in scores.items()]
    return [*legend, {"kind": "personal_info", "score": ""}] if log.pii else legend


def raw_of(file: Casefile) -> str:
    """Return the item as the API shows it, with unprintable characters escaped."""
    row = {**item_row(file.item, timezone.now()), **judgement_row(file.log)}
    text = json.dumps(row, indent=2, ensure_ascii=False)
    return "".join(
        char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text
    )


def effects_of(decision: Decision | None) -> list[str]:
    """Return in words what a decision changed."""
    if decision is None or not decision.is_final:
        return []
    was_shown = decision.effects["log"]["is_approved"]
    is_shown = decision.ruling != DecisionKind.REJECT
    shown = _("The message stays") if is_shown else _("The message stays hidden")
    if was_shown != is_shown:
        shown = _("The message is shown") if is_shown else _("The message was hidden")
    counts = (
        ("strikes_given", _("{count} strike given")),
        ("strikes_revoked", _("{count} strike revoked")),
        ("bans_issued", _("{count} ban issued")),
        ("bans_lifted", _("{count} ban lifted")),
    )
    lengths = [(len(decision.effects[name]), words) for name, words in counts]
    return [shown, *(words.format(count=count) for count, words in lengths if count)]


# --- The undo bar


def undo_of(page: ProjectPage, decided_id: str) -> Undoable | None:
    """Return the undo bar of the caller's own last decision, if that was on this item."""
    if not decided_id or not may(page.caller, "review"):
        return None
    last = last_decision_of(page.caller, timezone.now())
    if last is None or str(last.review_id) != decided_id:
        return None
    return undoable(page, last)


def undoable(page: ProjectPage, decision: Decision) -> Undoable:
    hold = policy_of(page.project).decision_hold_seconds
    return Undoable(decision, outcome_of(decision), left_in_words(page), hold or 5)


def outcome_of(decision: Decision | DecisionRequest) -> str:
    """Return a decision in words: `Rejected: insult`."""
    name = str(DECIDED[DecisionKind(decision.ruling)])
    reason = reason_name(decision.reason_code).lower() if decision.reason_code else ""
    return f"{name}: {reason}" if reason else name


def left_in_words(page: ProjectPage) -> str:
    """Return how many items are left in the list that the person works on: `11 left`."""
    wanted = selection_of(list_params(page))
    if wanted.lane.name in {DONE, MINE}:
        wanted = selection_of({})
    items = wanted.items(look_of(page))
    count = len(items.values_list("pk", flat=True)[: MOST_COUNTED + 1])
    text = _("over {count} left") if count > MOST_COUNTED else _("{count} left")
    return text.format(count=figure(min(count, MOST_COUNTED)))
