"""What a moderator can do with a message wherever it is shown: remove, restore, queue, undo."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation.accounts.callers import Caller
from moderation.accounts.permissions import may
from moderation.lib.errors import GavelError, Invalid
from moderation.models import ModerationLog
from moderation.pages import refusals
from moderation.pages.shell import PageContext, ProjectPage
from reviews.appeals.by_staff import put_in_queue
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide_message import decide_content
from reviews.decisions.undo import may_undo, undo
from reviews.models import Decision, DecisionKind, ReviewItem, ReviewStatus
from reviews.pages.item import effects_of, outcome_of
from reviews.queue.reasons import NAMES, OTHERS, reasons_for, suggested_code


@dataclass(frozen=True)
class Verbs:
    """What the component shows for one message."""

    log: ModerationLog
    #: Its open item, if there is one.
    item: ReviewItem | None
    #: The decision in effect, if the caller may undo it.
    undoable: Decision | None
    suggested: str


def verbs_of(log: ModerationLog, caller: Caller) -> Verbs | None:
    """Return what the caller may do with the message; None if they may only read."""
    if not may(caller, "review"):
        return None
    now = timezone.now()
    latest = log.reviews.order_by("-created_at").first()
    is_open = latest is not None and latest.status == ReviewStatus.OPEN
    decision = latest.decisions.filter(undone_at=None, is_final=True).first() if latest else None
    return Verbs(
        log=log,
        item=latest if is_open else None,
        undoable=decision if decision and may_undo(decision, caller, now) else None,
        suggested=suggested_code(log),
    )


def verbs_context(log: ModerationLog, caller: Caller) -> PageContext:
    """Return the context of `_verbs.html`."""
    verbs = verbs_of(log, caller)
    reasons = reasons_for(verbs.suggested) if verbs else []
    return {"verbs": verbs, "reasons": reasons, "may_ban": may(caller, "admin")}


class MessageVerb(ProjectPage):
    """POST /p/{slug}/content/{content_id}/verbs; htmx gets the component back"""

    actions = {"POST": "review"}
    place = "Content"

    def get(self, _request: HttpRequest, content_id: UUID) -> HttpResponse:
        if not self.wants_piece:
            return redirect("desk:log", self.project.slug, content_id)
        return self.verbs(content_id)

    def post(self, request: HttpRequest, content_id: UUID) -> HttpResponse:
        verb = VERBS.get(request.POST.get("verb", ""))
        if verb is None:
            raise Invalid("verb", _("Unknown verb."))
        try:
            done, error = verb(self, content_id), ""
        except GavelError as refusal:
            if not self.wants_piece:
                raise
            done, error = "", refusals.in_words(refusal.detail)
        if self.wants_piece:
            return self.verbs(content_id, done=done, error=error)
        messages.success(request, done)
        return redirect(reverse("desk:log", args=[self.project.slug, content_id]))

    def verbs(self, content_id: UUID, **more: str) -> HttpResponse:
        log = ModerationLog.objects.filter(project=self.project, pk=content_id).first()
        if log is None:
            raise Http404("There is no such content in this project.")
        log.project = self.project
        return self.piece("reviews/_verbs.html", {**verbs_context(log, self.caller), **more})

    def reason(self) -> str:
        code = self.request.POST.get("reason_code", "")
        if code not in {*NAMES, *OTHERS}:
            raise Invalid("reason_code", _("Choose a reason."))
        return code


def remove(page: MessageVerb, content_id: UUID) -> str:
    return _decide(page, content_id, DecisionRequest(DecisionKind.REJECT, page.reason()))


def remove_without_strike(page: MessageVerb, content_id: UUID) -> str:
    request = DecisionRequest(DecisionKind.REJECT, page.reason(), strike=False)
    return _decide(page, content_id, request)


def remove_and_strike(page: MessageVerb, content_id: UUID) -> str:
    request = DecisionRequest(DecisionKind.REJECT, page.reason(), strike=True)
    return _decide(page, content_id, request)


def restore(page: MessageVerb, content_id: UUID) -> str:
    return _decide(page, content_id, DecisionRequest(DecisionKind.APPROVE))


def queue(page: MessageVerb, content_id: UUID) -> str:
    put_in_queue(content_id, page.reason(), page.caller, now=timezone.now())
    return _("Put into the queue")


def take_back(page: MessageVerb, content_id: UUID) -> str:
    items = ReviewItem.objects.filter(project=page.project, log=content_id)
    latest = items.order_by("-created_at").first()
    if latest is None:
        raise Invalid("verb", _("There is no decision to undo."))
    undo(latest.pk, page.caller, now=timezone.now())
    return _("Undone")


def _decide(page: MessageVerb, content_id: UUID, request: DecisionRequest) -> str:
    item = decide_content(content_id, request, page.caller, now=timezone.now())
    decision = item.decisions.filter(undone_at=None, is_final=True).first()
    return " · ".join([outcome_of(request), *effects_of(decision)])


VERBS: dict[str, Callable[[MessageVerb, UUID], str]] = {
    "remove": remove,
    "remove_without_strike": remove_without_strike,
    "remove_and_strike": remove_and_strike,
    "restore": restore,
    "queue": queue,
    "undo": take_back,
}
