"""Undo a decision and everything that followed from it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moderation.accounts.audit import write_audit
from moderation.accounts.callers import Caller
from moderation.accounts.permissions import may
from moderation.events.event import Cause
from moderation.events.outbox import cancel_pending, publish
from moderation.events.stale_hours import mark_stale
from moderation.lib.errors import Conflict, Forbidden
from moderation.models import OutboxEvent
from moderation.models.events import Audience
from moderation.pipeline.payloads import (
    decision_deltas,
    moderation_update,
    status_deltas,
    user_activity,
)
from reviews.decisions import effects
from reviews.decisions.case import Case, lock_case
from reviews.decisions.payloads import decision_reversed
from reviews.models import (
    Decision,
    DecisionKind,
    ReviewItem,
    ReviewSource,
    ReviewStatus,
)
from reviews.queue.events import OPENED, review_event
from reviews.queue.items import current_item

UNDO_WINDOW = timedelta(minutes=10)  # docs/reviews.md, "Undo"


@transaction.atomic
def undo(item_id: UUID, caller: Caller, *, now: datetime) -> ReviewItem:
    """Undo the item's last decision with all its effects; the item is open again.

    Moderators may undo their own decision for 10 minutes, admins any decision at any time:
    Forbidden otherwise. Conflict if there is no decision, if it answered an appeal, if the content
    has been edited since, or if another item is now open for the content.
    """
    case = lock_case(item_id, caller, now=now)
    decision = case.item.decisions.filter(undone_at=None).first()
    if decision is None:
        raise Conflict("there is no decision to undo")
    refuse_undo(case, decision)
    decision.undone_at, decision.undone_by = now, caller.name
    decision.save(update_fields=["undone_at", "undone_by"])
    if decision.is_final:
        revert_decision(case, decision)
    else:
        reopen(case, decision)
        publish(review_event(case.item, now=now, cause=held_since(case, decision)), now=now)
    facts = {"decision": decision.ruling}
    write_audit(caller.project, caller.name, "review.undone", case.item, facts, now=now)
    return case.item


def last_decision_of(caller: Caller, now: datetime) -> Decision | None:
    """Return the newest decision that the caller made and may still undo as its maker."""
    recent = Decision.objects.filter(
        project=caller.project,
        decider=caller.identity,
        decided_at__gt=now - UNDO_WINDOW,
        decided_at__lte=now,
        undone_at=None,
        appeal=None,
    )
    return recent.select_related("review__log").order_by("-decided_at").first()


def may_undo(decision: Decision, caller: Caller, now: datetime) -> bool:
    """Say whether the caller may undo the decision, if the content still allows it."""
    if hasattr(decision, "appeal"):
        return False
    is_own = decision.decider == caller.identity and now - decision.decided_at <= UNDO_WINDOW
    return is_own or may(caller, "admin")


def refuse_undo(case: Case, decision: Decision) -> None:
    if hasattr(decision, "appeal"):
        raise Conflict("this decision answered an appeal and cannot be undone")
    if not may(case.caller, "admin"):
        if decision.decider != case.caller.identity:
            raise Forbidden(
                f"{decision.decided_by} decided this: only they or an admin may undo it"
            )
        if case.now - decision.decided_at > UNDO_WINDOW:
            raise Forbidden("you can undo a decision for 10 minutes; after that only an admin can")
    if not decision.is_final:
        return
    if case.log.revision != decision.effects["revision"]:
        raise Conflict("the content was edited after this decision, so it cannot be undone")
    if other := current_item(case.log):
        raise Conflict("another review is now open for this content", review_id=str(other.pk))


def revert_decision(case: Case, decision: Decision) -> None:
    """Restore content, author and item as they were before a final decision."""
    was_announced = has_left(decision, case.now)
    cancel_pending(decision.pk, case.now)
    decided_status = case.log.status
    decision_tally = (
        {} if decision.ruling == DecisionKind.DISMISS else decision_deltas(case.log, -1)
    )
    mark_stale(case.log.project, [decision.decided_at], case.now)
    effects.restore_content(case, decision.effects)
    effects.restore_author(case, decision.effects)
    reopen(case, decision)
    tally = status_deltas(decided_status, case.log.status) | decision_tally
    held = held_since(case, decision)
    publish(
        moderation_update(case.log, review_id=case.item.pk, tally=tally, now=case.now, cause=held),
        user_activity(case.log, case.now),
        review_event(case.item, now=case.now, tally=OPENED, cause=held),
        now=case.now,
    )
    if was_announced:
        publish(decision_reversed(case, decision), now=case.now)
    else:
        # Nobody outside heard of the decision, so nobody there may hear of its reversal, such as a
        # lifted ban.
        cancel_pending(case.decision_id, case.now)


def held_since(case: Case, decision: Decision) -> Cause:
    """Return the cause of an undo's internal events: the decision that they revert.

    Whoever has not heard of the decision, because its hold is not over, does not hear of its
    reversal either.
    """
    hold = timedelta(seconds=case.policy.decision_hold_seconds)
    return Cause(by=case.caller.name, decision=decision.pk, hold_until=decision.decided_at + hold)


def has_left(decision: Decision, now: datetime) -> bool:
    """Say whether somebody outside may have heard of the decision.

    An event whose hold is over counts as sent: one sink may have it while others still wait.
    """
    events = OutboxEvent.objects.filter(
        cause=decision.pk, audience=Audience.EXTERNAL, cancelled_at=None
    )
    return any(
        sent_at is not None or hold_until is None or hold_until <= now
        for sent_at, hold_until in events.values_list("sent_at", "hold_until")
    )


def reopen(case: Case, decision: Decision) -> None:
    item = case.item
    for name, value in decision.effects["item"].items():
        # An appeal that came in since then still needs its answer.
        if name != "source" or item.source != ReviewSource.APPEAL:
            setattr(item, name, value)
    item.status, item.decided_at = ReviewStatus.OPEN, None
    item.version += 1
    item.save(update_fields=["source", "escalated", "status", "decided_at", "version"])
