"""Escalations: why a moderator asks an admin, and the answer that gives the review back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from moderation.accounts.audit import write_audit
from moderation.accounts.callers import Caller
from moderation.accounts.permissions import may
from moderation.events.outbox import publish
from moderation.lib.errors import Conflict, Forbidden
from reviews.models import Decision, DecisionKind, ReviewItem, ReviewNote, ReviewSource
from reviews.queue.claims import refuse_claimed, refuse_decided
from reviews.queue.events import review_event
from reviews.queue.items import find_item, free, lock_item


@dataclass(frozen=True)
class Escalation:
    """The last escalation of an open item that was not undone, and its answer."""

    decision: Decision
    answer: ReviewNote | None


def escalation_of(item: ReviewItem) -> Escalation | None:
    """Return what an admin was asked and answered; None if the item was never escalated."""
    if not item.escalated and item.answered_at is None:
        return None
    decision = item.decisions.filter(ruling=DecisionKind.ESCALATE, undone_at=None).first()
    if decision is None:
        return None
    answers = item.notes.filter(is_answer=True, created_at__gte=decision.decided_at)
    return Escalation(decision, answers.last())


@transaction.atomic
def explain(item_id: UUID, reason: str, caller: Caller, *, now: datetime) -> Decision:
    """Store why the caller escalated an item.

    Conflict if their escalation is undone, answered or already explained.
    """
    item = lock_item(caller.project, item_id)
    decisions = item.decisions.filter(ruling=DecisionKind.ESCALATE, undone_at=None)
    decision = decisions.filter(decider=caller.identity).first()
    if decision is None or not item.escalated or decision.note:
        raise Conflict("this escalation needs no reason any more")
    decision.note = reason
    decision.save(update_fields=["note"])
    write_audit(caller.project, caller.name, "review.explained", item, now=now)
    return decision


@transaction.atomic
def answer_escalation(item_id: UUID, text: str, caller: Caller, *, now: datetime) -> ReviewItem:
    """Store an admin's answer and give the item back to the moderators.

    Raises Forbidden for a caller who may not decide escalated items; Conflict if the item is
    decided, not escalated, or held by somebody else.
    """
    if not may(caller, "claim_escalated"):
        raise Forbidden("only an admin or owner may answer an escalation")
    item = lock_item(caller.project, item_id)
    refuse_decided(item)
    refuse_claimed(item, caller, now)
    if not item.escalated:
        raise Conflict("this review is not escalated")
    ReviewNote.objects.create(
        review=item, author=caller.name, text=text, is_answer=True, created_at=now
    )
    free(item)
    item.escalated, item.answered_at = False, now
    if item.source == ReviewSource.ESCALATION:
        item.source = _source_before(item)
    item.version += 1
    item.save(update_fields=["escalated", "answered_at", "source", "version"])
    publish(review_event(find_item(caller.project, item_id), now=now), now=now)
    write_audit(caller.project, caller.name, "review.answered", item, now=now)
    return item


def _source_before(item: ReviewItem) -> str:
    """Return why the item was opened before it was escalated."""
    first = item.decisions.filter(ruling=DecisionKind.ESCALATE, undone_at=None).last()
    source = first.effects.get("item", {}).get("source") if first else None
    return str(source or ReviewSource.ENGINE)
