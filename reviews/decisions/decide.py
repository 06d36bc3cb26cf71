"""Decide an item: approve, reject, dismiss or escalate it, with all effects in one transaction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moderation.accounts.audit import write_audit
from moderation.accounts.callers import Caller
from moderation.events.outbox import publish
from moderation.lib.errors import Conflict
from moderation.pipeline.payloads import (
    decision_deltas,
    moderation_update,
    status_deltas,
    user_activity,
)
from moderation.queries.authors import count_active_strikes
from reviews.decisions import effects
from reviews.decisions.case import Case, DecisionRequest, lock_case
from reviews.decisions.effects import DecisionEffects, EscalationEffects, ItemFields
from reviews.decisions.payloads import author_warned, content_restored, message_blocked
from reviews.models import (
    AppealStatus,
    Decision,
    DecisionKind,
    ReviewItem,
    ReviewSource,
)
from reviews.queue.claims import refuse_claimed, refuse_decided, refuse_escalated
from reviews.queue.events import CLOSED, review_event
from reviews.queue.items import close, free


@transaction.atomic
def decide(item_id: UUID, request: DecisionRequest, caller: Caller, *, now: datetime) -> ReviewItem:
    """Decide an item as requested; if several people decide at once, exactly one wins.

    Raises Conflict if the item is already decided, has changed since `request.version`, is
    appealed, or is held by somebody else and not taken over; Forbidden if it is escalated and the
    caller is no admin.
    """
    case = lock_case(item_id, caller, now=now, reason_code=request.reason_code)
    refuse(case, request)
    make_decision = escalate if request.ruling == DecisionKind.ESCALATE else commit_decision
    decision = make_decision(case, request)
    facts = {"decision": decision.ruling, "reason_code": decision.reason_code}
    write_audit(caller.project, caller.name, "review.decided", case.item, facts, now=now)
    return case.item


def refuse(case: Case, request: DecisionRequest) -> None:
    item = case.item
    refuse_decided(item)
    refuse_escalated(item, case.caller)
    if item.source == ReviewSource.APPEAL and request.ruling != DecisionKind.ESCALATE:
        # An appeal needs a written answer, from somebody else: `reviews.appeals.answer`.
        appeal = case.log.appeals.filter(status=AppealStatus.OPEN).first()
        if appeal is not None:
            raise Conflict(
                "the author has appealed: decide the appeal, which needs a written answer",
                appeal_id=str(appeal.pk),
            )
    if request.version is not None and request.version != item.version:
        raise Conflict(
            f"the review has changed: you saw version {request.version}, it is now {item.version}",
            version=item.version,
        )
    if not request.take_over:
        refuse_claimed(item, case.caller, case.now)


def commit_decision(case: Case, request: DecisionRequest) -> Decision:
    """Approve, reject or dismiss: change the content, then its author, then close the item."""
    item, log = case.item, case.log
    before = effects.log_fields(log)
    effects.apply_to_content(case, request.ruling)
    tally = status_deltas(before["status"], log.status)
    if request.ruling != DecisionKind.DISMISS:
        tally |= decision_deltas(log, +1)
    is_restored = log.is_approved and not before["is_approved"]
    events = [
        moderation_update(
            log,
            review_id=item.pk,
            tally=tally,
            now=case.now,
            cause=case.cause,
            is_restored=is_restored,
        )
    ]
    if is_restored:
        events.append(content_restored(case))
    if before["is_approved"] and not log.is_approved:
        events.append(message_blocked(case))
    publish(*events, now=case.now)

    sanctions = effects.apply_to_author(case, request)
    decision = store_decision(
        case,
        request,
        {"log": before, "revision": log.revision, "item": item_fields(item), **sanctions},
    )
    close(item, case.now)
    events = []
    # If the strike brought a ban, the ban's own event tells the author more than a warning.
    if sanctions["strikes_given"] and not sanctions["bans_issued"]:
        strikes = count_active_strikes(log.author, case.policy, case.now)
        events.append(author_warned(case, strikes))
    publish(
        *events,
        user_activity(log, case.now),
        review_event(item, now=case.now, tally=CLOSED, decision=decision, cause=case.cause),
        now=case.now,
    )
    return decision


def escalate(case: Case, request: DecisionRequest) -> Decision:
    """Pass the item on to the admins; it stays open."""
    item = case.item
    decision = store_decision(case, request, {"item": item_fields(item)})
    free(item)
    item.escalated = True
    if item.source != ReviewSource.APPEAL:
        item.source = ReviewSource.ESCALATION
    item.version += 1
    item.save(update_fields=["escalated", "source", "version"])
    publish(review_event(item, now=case.now, decision=decision, cause=case.cause), now=case.now)
    return decision


def item_fields(item: ReviewItem) -> ItemFields:
    return {"source": item.source, "escalated": item.escalated}


def store_decision(
    case: Case, request: DecisionRequest, effects: DecisionEffects | EscalationEffects
) -> Decision:
    user = case.caller.user
    return Decision.objects.create(
        id=case.decision_id,
        project=case.caller.project,
        review=case.item,
        ruling=request.ruling,
        is_final=request.ruling != DecisionKind.ESCALATE,
        reason_code=request.reason_code,
        note=request.note,
        decided_by=case.caller.name,
        decider=case.caller.identity,
        key_maker=case.caller.key_maker,
        moderator_id=user.pk if user else None,
        effects=effects,
        decided_at=case.now,
    )
