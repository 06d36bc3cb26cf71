"""What is done with an item in the console: claim, rule, skip, take back, note."""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from moderation.errors import Conflict, Forbidden, GavelError, Invalid
from moderation.pages.shell import ProjectPage
from moderation.queries import policy_of
from reviews import claims, decisions
from reviews.api.rulings import MAX_NOTE_LENGTH
from reviews.cases import Order
from reviews.forecast import order_of
from reviews.models import Decision, ReviewItem, Ruling
from reviews.notes import add_note
from reviews.pages.item import (
    item_context,
    item_url,
    list_query,
    list_url,
    outcome_of,
    undoable,
    whole_page,
)
from reviews.pages.queue import next_in_lane
from reviews.queue import find_item
from reviews.reasons import NAMES, OTHERS

#: Others may take the next item from under one's hands so many times.
TRIES = 3


class Verb(ProjectPage):
    """A verb is posted; whoever comes by its address is shown the item."""

    action = "review"
    place = "Queue"

    def get(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        return redirect(item_url(self, review_id, list_query(request)))


class Claim(Verb):
    """GET, POST /p/{slug}/queue/{review_id}/claim; also renews"""

    def get(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        """Show how the claim stands, after one ran out."""
        if not self.wants_piece:
            return super().get(request, review_id)
        return _claim_piece(self, find_item(self.project, review_id))

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        try:
            claims.take_up(review_id, self.caller, now=timezone.now())
        except (Conflict, Forbidden) as error:
            return conflicted(self, review_id, error)
        if self.wants_piece:
            return _claim_piece(self, find_item(self.project, review_id))
        return redirect(item_url(self, review_id, list_query(request)))


class Release(Verb):
    """POST /p/{slug}/queue/{review_id}/release"""

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        with suppress(Conflict):
            claims.release(review_id, self.caller, now=timezone.now())
        if "leaving" in request.POST:
            return HttpResponse(status=204)
        if self.wants_piece:
            return _claim_piece(self, find_item(self.project, review_id))
        return redirect(item_url(self, review_id, list_query(request)))


class Decide(Verb):
    """POST /p/{slug}/queue/{review_id}/decide"""

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        now, order = timezone.now(), order_from(self)
        try:
            item = decisions.decide(review_id, order, self.caller, now=now)
        except (Conflict, Forbidden) as error:
            return conflicted(self, review_id, error, order)
        return go_on(self, item, "gavel:decided")


class Skip(Verb):
    """POST /p/{slug}/queue/{review_id}/skip"""

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        item = find_item(self.project, review_id)
        with suppress(Conflict):
            claims.release(review_id, self.caller, now=timezone.now())
        return go_on(self, item, "gavel:skipped")


class Undo(Verb):
    """POST /p/{slug}/queue/{review_id}/undo"""

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        try:
            item = decisions.undo(review_id, self.caller, now=timezone.now())
        except (Conflict, Forbidden) as error:
            return conflicted(self, review_id, error)
        with suppress(Conflict, Forbidden):
            claims.take_up(review_id, self.caller, now=timezone.now())
        return opened(self, item, {"gavel:undone": {"review_id": str(item.pk)}})


class Note(Verb):
    """POST /p/{slug}/queue/{review_id}/notes"""

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        text = note_from(request.POST.get("text", ""))
        if not text:
            raise Invalid("text", "A note needs a text.")
        note = add_note(review_id, text, self.caller, now=timezone.now())
        if not self.wants_piece:
            return redirect(f"{item_url(self, review_id, list_query(request))}#notes")
        context = {"item": note.review, "notes": list(note.review.notes.all())}
        return self.piece("reviews/_note.html", {**context, "query": list_query(request)})


# --- What was sent


def order_from(page: ProjectPage) -> Order:
    """Return what the form orders; Invalid for what no form of ours sends."""
    sent = page.request.POST
    ruling, reason = sent.get("ruling", ""), sent.get("reason_code", "")
    if ruling not in Ruling.values:
        raise Invalid("ruling", "Choose what to do with the message.")
    if reason not in {"", *NAMES, *OTHERS}:
        raise Invalid("reason_code", "That is none of the reasons.")
    order = order_of(Ruling(ruling), sent.get("consequence", ""), policy_of(page.project))
    version = sent.get("version", "")
    return replace(
        order,
        reason_code=reason if order.ruling == Ruling.REJECT else "",
        note=note_from(sent.get("note", "")),
        version=int(version) if version.isdecimal() and len(version) < 10 else None,
        take_over=sent.get("take_over") == "1",
    )


def note_from(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if "\0" in text or len(text) > MAX_NOTE_LENGTH:
        raise Invalid("note", f"A note has at most {MAX_NOTE_LENGTH:,} characters and no NUL.")
    return text


# --- What is shown then


def conflicted(
    page: ProjectPage, review_id: UUID, error: GavelError, order: Order | None = None
) -> HttpResponse:
    """Show the item as it stands now, why nothing was done, and the note that was typed."""
    context = item_context(page, review_id, conflict=error, kept=order, claims_itself=False)
    if order:
        context["kept_outcome"] = outcome_of(order)
        context["chosen"] = order.reason_code or context["chosen"]
    if not page.wants_piece:
        return whole_page(page, review_id, context, error.status)
    answer = page.piece("reviews/_item.html", context, error.status)
    answer["HX-Retarget"] = "#item"
    answer["HX-Reswap"] = "innerHTML"
    return answer


def go_on(page: ProjectPage, item: ReviewItem, event: str) -> HttpResponse:
    """Show the next item, claimed already, with the undo bar of what was just decided."""
    following = take_next(page, item)
    told = {
        "review_id": str(item.pk),
        "next_id": str(following.pk) if following else None,
        "version": item.version,
    }
    return opened(page, following, {event: told}, decided=item if "decided" in event else None)


def take_next(page: ProjectPage, item: ReviewItem) -> ReviewItem | None:
    """Claim the item that comes next in the list, else the lane's next; None if none is left."""
    now = timezone.now()
    wanted = _wanted(page, item)
    for _ in range(TRIES):
        following = wanted or next_in_lane(page, item, list_query(page.request))
        if following is None:
            return None
        with suppress(Conflict, Forbidden):
            claims.take_up(following.pk, page.caller, now=now)
            return following
        wanted = None
    return None


def _wanted(page: ProjectPage, item: ReviewItem) -> ReviewItem | None:
    """Return the item that the list named as the next one, if it is free."""
    try:
        wanted = UUID(page.request.POST.get("next", ""))
    except ValueError:
        return None
    free = claims.waiting_for(page.caller, timezone.now())
    return free.filter(pk=wanted).exclude(pk=item.pk).first()


def opened(
    page: ProjectPage,
    item: ReviewItem | None,
    told: dict[str, dict[str, Any]],
    decided: ReviewItem | None = None,
) -> HttpResponse:
    """Show an item after a verb, at its own address; without one: that all is done."""
    query = list_query(page.request)
    address = item_url(page, item.pk, query) if item else list_url(page, query)
    if not page.wants_piece:
        undo = f"undo={decided.pk}" if decided else ""
        return redirect(f"{address}{'&' if query else '?'}{undo}" if undo else address)
    context = item_context(page, item.pk) if item else {"item": None, "list_url": address}
    last = _last_of(page, context) if decided else None
    context |= {
        "undo": undoable(page, last) if last else None,
        # A skipped item leaves the bar of the decision before it where it is.
        "renews_bar": decided is not None or "gavel:undone" in told,
    }
    answer = page.piece("reviews/_item.html", context)
    answer["HX-Push-Url"] = address
    answer["HX-Trigger"] = json.dumps(told)
    return answer


def _last_of(page: ProjectPage, context: dict[str, Any]) -> Decision | None:
    """Return the caller's last ruling, which the next item's file has read already."""
    if context["item"] is None:
        return decisions.last_decision_of(page.caller, timezone.now())
    last: Decision | None = context["file"].last
    return last


def _claim_piece(page: ProjectPage, item: ReviewItem) -> HttpResponse:
    claim = item.live_claim(timezone.now())
    is_mine = claim is not None and claim.holder == page.caller.identity
    standing = "held" if claim and not is_mine else "open"
    context = {"item": item, "claim": claim, "is_mine": is_mine, "standing": standing}
    return page.piece("reviews/_claim.html", {**context, "query": list_query(page.request)})
