"""Actions on an item in the console: claim, release, decide, skip, undo, note."""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation.lib.errors import Conflict, Forbidden, GavelError, Invalid
from moderation.lib.languages import figure
from moderation.pages.shell import PageContext, ProjectPage
from moderation.rules.active import policy_of
from reviews.decisions import undo as decisions_undo
from reviews.decisions.case import DecisionRequest, version_of
from reviews.decisions.decide import decide
from reviews.decisions.escalation import answer_escalation, explain
from reviews.decisions.notes import MAX_NOTE_LENGTH, add_note
from reviews.decisions.preview import request_for
from reviews.decisions.undo import last_decision_of
from reviews.models import Decision, DecisionKind, ReviewItem
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
from reviews.queue import claims
from reviews.queue.items import find_item
from reviews.queue.reasons import NAMES, OTHERS

#: How often to look for a next item if other moderators claim it first.
TRIES = 3


class ItemAction(ProjectPage):
    """An action is posted; a GET of its URL redirects to the item."""

    action = "review"
    place = "Queue"

    def get(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        return redirect(item_url(self, review_id, list_query(request)))


class Claim(ItemAction):
    """GET, POST /p/{slug}/queue/{review_id}/claim; also renews"""

    def get(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        """Show the claim's state after it expired."""
        if not self.wants_piece:
            return super().get(request, review_id)
        return _claim_piece(self, find_item(self.project, review_id))

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        now = timezone.now()
        try:
            claims.switch_claim(review_id, self.caller, now=now)
        except (Conflict, Forbidden) as error:
            latest = last_decision_of(self.caller, now)
            # A key press may overtake the claim: the caller's own decision conflicts with nobody.
            if latest and latest.review_id == review_id:
                return HttpResponse(status=204)
            return conflicted(self, review_id, error)
        if self.wants_piece:
            return _claim_piece(self, find_item(self.project, review_id))
        return redirect(item_url(self, review_id, list_query(request)))


class TakeOver(ItemAction):
    """POST /p/{slug}/queue/{review_id}/take-over"""

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        now = timezone.now()
        try:
            claims.take_over(review_id, self.caller, now=now)
        except (Conflict, Forbidden) as error:
            return conflicted(self, review_id, error)
        claims.release_others(review_id, self.caller, now=now)
        if self.wants_piece:
            return self.piece("reviews/_item.html", item_context(self, review_id))
        return redirect(item_url(self, review_id, list_query(request)))


class Release(ItemAction):
    """POST /p/{slug}/queue/{review_id}/release"""

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        with suppress(Conflict):
            claims.release(review_id, self.caller, now=timezone.now())
        if "leaving" in request.POST:
            return HttpResponse(status=204)
        if self.wants_piece:
            return _claim_piece(self, find_item(self.project, review_id))
        return redirect(item_url(self, review_id, list_query(request)))


class Decide(ItemAction):
    """POST /p/{slug}/queue/{review_id}/decide"""

    def post(self, _request: HttpRequest, review_id: UUID) -> HttpResponse:
        now, choice = timezone.now(), request_from_form(self)
        try:
            item = decide(review_id, choice, self.caller, now=now)
        except (Conflict, Forbidden) as error:
            return conflicted(self, review_id, error, choice)
        return go_on(self, item, "gavel:decided")


class Skip(ItemAction):
    """POST /p/{slug}/queue/{review_id}/skip"""

    def post(self, _request: HttpRequest, review_id: UUID) -> HttpResponse:
        item = find_item(self.project, review_id)
        with suppress(Conflict):
            claims.release(review_id, self.caller, now=timezone.now())
        return go_on(self, item, "gavel:skipped")


class Undo(ItemAction):
    """POST /p/{slug}/queue/{review_id}/undo"""

    def post(self, _request: HttpRequest, review_id: UUID) -> HttpResponse:
        try:
            item = decisions_undo.undo(review_id, self.caller, now=timezone.now())
        except (Conflict, Forbidden) as error:
            return conflicted(self, review_id, error)
        with suppress(Conflict, Forbidden):
            claims.switch_claim(review_id, self.caller, now=timezone.now())
        return opened(self, item, {"gavel:undone": {"review_id": str(item.pk)}})


class Note(ItemAction):
    """POST /p/{slug}/queue/{review_id}/notes"""

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        text = note_from(request.POST.get("text", ""))
        if not text:
            raise Invalid("text", _("A note needs a text."))
        note = add_note(review_id, text, self.caller, now=timezone.now())
        if not self.wants_piece:
            return redirect(f"{item_url(self, review_id, list_query(request))}#notes")
        context = {"item": note.review, "notes": list(note.review.notes.all())}
        return self.piece("reviews/_note.html", {**context, "query": list_query(request)})


class Explain(ItemAction):
    """POST /p/{slug}/queue/{review_id}/explain: why the caller escalated it"""

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        explain(review_id, required_note(request), self.caller, now=timezone.now())
        if self.wants_piece:
            return self.piece("reviews/_explained.html", {})
        messages.success(request, _("Thank you: the admins see your reason."))
        return redirect(list_url(self, list_query(request)))


class Answer(ItemAction):
    """POST /p/{slug}/queue/{review_id}/answer: an admin answers and gives the item back"""

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        try:
            item = answer_escalation(
                review_id, required_note(request), self.caller, now=timezone.now()
            )
        except (Conflict, Forbidden) as error:
            return conflicted(self, review_id, error)
        return go_on(self, item, "gavel:answered")


def required_note(request: HttpRequest) -> str:
    text = note_from(request.POST.get("text", ""))
    if not text:
        raise Invalid("text", _("Write a sentence."))
    return text


# --- Reading the form


def request_from_form(page: ProjectPage) -> DecisionRequest:
    """Return the decision that the form asks for; Invalid if a field is."""
    sent = page.request.POST
    ruling, reason = sent.get("ruling", ""), sent.get("reason_code", "")
    if ruling not in DecisionKind.values:
        raise Invalid("ruling", _("Choose a decision."))
    if reason not in {"", *NAMES, *OTHERS}:
        raise Invalid("reason_code", _("Unknown reason code."))
    choice = request_for(DecisionKind(ruling), sent.get("consequence", ""), policy_of(page.project))
    return replace(
        choice,
        reason_code=reason if choice.ruling == DecisionKind.REJECT else "",
        note=note_from(sent.get("note", "")),
        version=version_of(sent.get("version", "")),
    )


def note_from(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if "\0" in text or len(text) > MAX_NOTE_LENGTH:
        raise Invalid(
            "note",
            _("A note has at most {max_note_length} characters and no NUL.").format(
                max_note_length=figure(MAX_NOTE_LENGTH)
            ),
        )
    return text


# --- The answer


def conflicted(
    page: ProjectPage, review_id: UUID, error: GavelError, choice: DecisionRequest | None = None
) -> HttpResponse:
    """Show the item's current state, the error, and the note that was typed."""
    context = item_context(page, review_id, conflict=error, unsaved=choice, claims_itself=False)
    if choice:
        context["unsaved_outcome"] = outcome_of(choice)
        context["chosen"] = choice.reason_code or context["chosen"]
    if not page.wants_piece:
        return whole_page(page, review_id, context, error.status)
    answer = page.piece("reviews/_item.html", context, error.status)
    answer["HX-Retarget"] = "#item"
    answer["HX-Reswap"] = "innerHTML"
    return answer


def go_on(page: ProjectPage, item: ReviewItem, event: str) -> HttpResponse:
    """Claim and show the next item, with the undo bar of the decision just made."""
    following = take_next(page, item)
    detail = {
        "review_id": str(item.pk),
        "next_id": str(following.pk) if following else None,
        "version": item.version,
    }
    return opened(page, following, {event: detail}, decided=item if "decided" in event else None)


def take_next(page: ProjectPage, item: ReviewItem) -> ReviewItem | None:
    """Claim the item that the list names as next, else the lane's next; None if none is left."""
    now = timezone.now()
    named = None
    with suppress(ValueError):  # the form names none, or nonsense
        next_id = UUID(page.request.POST.get("next", ""))
        free = claims.waiting_for(page.caller, now)
        named = free.filter(pk=next_id).exclude(pk=item.pk).first()
    for _attempt in range(TRIES):
        following = named or next_in_lane(page, item, list_query(page.request))
        if following is None:
            return None
        with suppress(Conflict, Forbidden):
            claims.switch_claim(following.pk, page.caller, now=now)
            return following
        named = None
    return None


def opened(
    page: ProjectPage,
    item: ReviewItem | None,
    events: dict[str, dict[str, Any]],
    decided: ReviewItem | None = None,
) -> HttpResponse:
    """Show an item after an action, at its own URL; without an item, "All done".

    `events` are the browser events to trigger, each with its detail.
    """
    query = list_query(page.request)
    address = item_url(page, item.pk, query) if item else list_url(page, query)
    if not page.wants_piece:
        undo = f"undo={decided.pk}" if decided else ""
        return redirect(f"{address}{'&' if query else '?'}{undo}" if undo else address)
    context: PageContext = {"item": None, "list_url": address, "is_piece": True}
    if item:
        context = item_context(page, item.pk)
    last: Decision | None = None
    if decided:
        # The next item's file has read the caller's last decision already.
        last = context["file"].last if item else last_decision_of(page.caller, timezone.now())
    context |= {
        "undo": undoable(page, last) if last else None,
        # A skip leaves the undo bar of the decision before it in place.
        "renews_bar": decided is not None or "gavel:undone" in events,
    }
    answer = page.piece("reviews/_item.html", context)
    answer["HX-Push-Url"] = address
    answer["HX-Trigger"] = json.dumps(events)
    return answer


def _claim_piece(page: ProjectPage, item: ReviewItem) -> HttpResponse:
    claim = item.live_claim(timezone.now())
    is_mine = claim is not None and claim.holder == page.caller.identity
    access = "held" if claim and not is_mine else "open"
    context = {"item": item, "claim": claim, "is_mine": is_mine, "access": access}
    return page.piece("reviews/_claim.html", {**context, "query": list_query(page.request)})
