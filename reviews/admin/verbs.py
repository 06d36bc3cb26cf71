"""What can be done with one item on its page in the admin; the services decide."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from moderation.accounts.callers import Caller
from moderation.accounts.permissions import may
from moderation.admin.base import acting, caller_for
from moderation.lib.errors import Forbidden, Invalid
from reviews.decisions.bulk_preview import preview_bulk
from reviews.decisions.case import DecisionRequest, version_of
from reviews.decisions.decide import decide
from reviews.decisions.notes import MAX_NOTE_LENGTH
from reviews.decisions.undo import may_undo, undo
from reviews.models import Decision, DecisionKind, ReviewItem, ReviewSource, ReviewStatus
from reviews.queue.reasons import NAMES, OTHERS, suggested_code

UNDO = "undo"
#: Verbs in the order of their buttons, and what to say when they are done.
DECISIONS = {
    DecisionKind.APPROVE: "Item approved.",
    DecisionKind.REJECT: "Item rejected.",
    DecisionKind.DISMISS: "Item dismissed.",
}


@dataclass(frozen=True)
class Verb:
    kind: DecisionKind
    #: What it does to the content and its author, in words.
    effects: str


@dataclass(frozen=True)
class Verbs:
    item: ReviewItem
    verbs: list[Verb]
    #: The decision in effect, if the person may undo it.
    undoable: Decision | None
    reasons: dict[str, str]
    suggested: str
    #: Why nothing can be decided now; empty if something can.
    left_out: str


def verbs_of(item: ReviewItem, request: HttpRequest) -> Verbs | None:
    """Return what the person may do with the item; None if they may only read."""
    assert isinstance(request.user, AbstractUser)
    caller = caller_for(request.user, item.project)
    if caller is None or not may(caller, "review"):
        return None
    now = timezone.now()
    previews = {
        kind: row for kind in DECISIONS for row in preview_bulk([item.pk], kind, caller, now=now)
    }
    left_out = next((row.left_out for row in previews.values()), "")
    if item.source == ReviewSource.APPEAL and item.log.appeals.open().exists():
        left_out, previews = "its author has appealed; answer the appeal on the console", {}
    decision = item.decisions.filter(undone_at=None).first()
    return Verbs(
        item=item,
        verbs=[
            Verb(kind, ", ".join(row.effects)) for kind, row in previews.items() if not row.left_out
        ],
        undoable=decision if decision and may_undo(decision, caller, now) else None,
        reasons={**NAMES, **OTHERS},
        suggested=suggested_code(item.log),
        left_out=left_out if item.status == ReviewStatus.OPEN else "",
    )


def act_on(item: ReviewItem, request: HttpRequest) -> str:
    """Do what the form says; return it in words. Raises what the services raise."""
    assert isinstance(request.user, AbstractUser)
    caller = acting(request.user, item.project)
    if not may(caller, "review"):
        raise Forbidden(f"You are not a moderator of {item.project}.")
    sent = request.POST
    if sent.get("verb") == UNDO:
        undo(item.pk, caller, now=timezone.now())
        return "Undone: the item is open again."
    return _decide(item, caller, sent)


def _decide(item: ReviewItem, caller: Caller, sent: QueryDict) -> str:
    verb, note, version = (sent.get(name, "").strip() for name in ("verb", "note", "version"))
    if verb not in DECISIONS:
        raise Invalid("verb", "Choose a decision.")
    reason = sent.get("reason_code", "") if verb == DecisionKind.REJECT else ""
    if verb == DecisionKind.REJECT and reason not in {*NAMES, *OTHERS}:
        raise Invalid("reason_code", "Choose a reason.")
    if len(note) > MAX_NOTE_LENGTH or "\0" in note:
        raise Invalid("note", f"A note has at most {MAX_NOTE_LENGTH:,} characters and no NUL.")
    request = DecisionRequest(
        DecisionKind(verb),
        reason_code=reason,
        note=note,
        version=version_of(version),
    )
    decide(item.pk, request, caller, now=timezone.now())
    return DECISIONS[DecisionKind(verb)]
