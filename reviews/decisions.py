"""Rule on an item, and take a ruling back: all effects in one transaction, or none."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moderation.audit import write_audit
from moderation.errors import Conflict, Forbidden
from moderation.events import Event
from moderation.identity import Caller, may
from moderation.models import OutboxEvent
from moderation.models.events import Audience
from moderation.notices import (
    moderation_update,
    ruling_tally,
    status_tally,
    user_activity,
)
from moderation.publish import publish, recall
from moderation.queries import count_active_strikes
from reviews import effects, notices
from reviews.cases import Case, Held, Order, lock_case
from reviews.claims import refuse_claimed, refuse_decided, refuse_escalated
from reviews.models import (
    AppealStatus,
    Decision,
    ReviewItem,
    ReviewSource,
    ReviewStatus,
    Ruling,
)
from reviews.notices import CLOSED, OPENED, review_event
from reviews.queue import close, current_item, free

UNDO_WINDOW = timedelta(minutes=10)  # CONTRACT section 3, "POST reviews/{id}/undo"


@transaction.atomic
def decide(item_id: UUID, order: Order, caller: Caller, *, now: datetime) -> ReviewItem:
    """Rule on an item as ordered; of several deciders exactly one wins.

    Raises Conflict if it is decided, changed since `order.version`, or held by another and not
    taken over; Forbidden if it was escalated and the caller is no admin.
    """
    case = lock_case(item_id, caller, now=now, reason_code=order.reason_code)
    refuse(case, order)
    decision = escalate(case, order) if order.ruling == Ruling.ESCALATE else settle(case, order)
    facts = {"decision": decision.ruling, "reason_code": decision.reason_code}
    write_audit(caller.project, caller.name, "review.decided", case.item, facts, now=now)
    return case.item


def refuse(case: Case, order: Order) -> None:
    refuse_decided(case.item)
    refuse_escalated(case.item, case.caller)
    refuse_appealed(case, order)
    if order.version is not None and order.version != case.item.version:
        raise Conflict(
            f"the review has changed: you saw version {order.version}, it is {case.item.version}",
            version=case.item.version,
        )
    if not order.take_over:
        refuse_claimed(case.item, case.caller, case.now)


def refuse_appealed(case: Case, order: Order) -> None:
    """An author who appeals gets a written answer, from somebody else: `reviews.appeals`."""
    if case.item.source != ReviewSource.APPEAL or order.ruling == Ruling.ESCALATE:
        return
    appeal = case.log.appeals.filter(status=AppealStatus.OPEN).first()
    if appeal is not None:
        raise Conflict(
            "the author appeals this content: decide the appeal, which wants a written answer",
            appeal_id=str(appeal.pk),
        )


def settle(case: Case, order: Order) -> Decision:
    """Approve, reject or dismiss for good: the content first, then its author, then the item."""
    item, log = case.item, case.log
    before = effects.log_fields(log)
    effects.rule_on_content(case, order.ruling)
    tally = status_tally(before["status"], log.status)
    if order.ruling != Ruling.DISMISS:
        tally |= ruling_tally(log, +1)
    publish(*content_events(case, tally, was_shown=before["is_approved"]), now=case.now)
    sanctions = effects.rule_on_author(case, order)
    changed = {"log": before, "revision": log.revision, "item": item_fields(item), **sanctions}
    decision = record(case, order, changed)
    close(item, case.now)
    publish(
        *warnings(case, sanctions),
        user_activity(log, case.caller.name, case.now),
        review_event(item, now=case.now, tally=CLOSED, decision=decision, **case.held),
        now=case.now,
    )
    return decision


def escalate(case: Case, order: Order) -> Decision:
    """Pass the item on to the admins; it stays open."""
    item = case.item
    decision = record(case, order, {"item": item_fields(item)})
    free(item)
    item.escalated = True
    if item.source != ReviewSource.APPEAL:
        item.source = ReviewSource.ESCALATION
    item.version += 1
    item.save(update_fields=["escalated", "source", "version"])
    publish(review_event(item, now=case.now, decision=decision, **case.held), now=case.now)
    return decision


def item_fields(item: ReviewItem) -> dict[str, object]:
    return {"source": item.source, "escalated": item.escalated}


def record(case: Case, order: Order, changed: dict[str, object]) -> Decision:
    user = case.caller.user
    return Decision.objects.create(
        id=case.cause,
        project=case.caller.project,
        review=case.item,
        ruling=order.ruling,
        is_final=order.ruling != Ruling.ESCALATE,
        reason_code=order.reason_code,
        note=order.note,
        decided_by=case.caller.name,
        decider=case.caller.identity,
        moderator_id=user.pk if user else None,
        effects=changed,
        decided_at=case.now,
    )


def content_events(case: Case, tally: dict[str, int], *, was_shown: bool) -> list[Event]:
    """Tell the content's new status, and outside whether it appeared or vanished."""
    log = case.log
    told = [moderation_update(log, review_id=case.item.pk, tally=tally, now=case.now, **case.held)]
    if log.is_approved and not was_shown:
        told.append(notices.content_restored(case))
    if was_shown and not log.is_approved:
        told.append(notices.message_refused(case))
    return told


def warnings(case: Case, sanctions: dict[str, list[str]]) -> list[Event]:
    """Warn the author of a strike, unless the ban that came with it says more."""
    if not sanctions["strikes_given"] or sanctions["bans_issued"]:
        return []
    log = case.log
    author = (log.project, log.user_id, log.channel_id)
    return [notices.author_warned(case, count_active_strikes(*author, case.policy, case.now))]


# --- Taking back


@transaction.atomic
def undo(item_id: UUID, caller: Caller, *, now: datetime) -> ReviewItem:
    """Take back the item's last ruling with all its effects; the item is open again.

    One's own within 10 minutes, an admin any time: Forbidden otherwise. Conflict if there is none,
    if the content was edited since, or if it waits in another item by now.
    """
    case = lock_case(item_id, caller, now=now)
    decision = case.item.decisions.filter(undone_at=None).first()
    if decision is None:
        raise Conflict("there is no decision to take back")
    refuse_undo(case, decision)
    decision.undone_at, decision.undone_by = now, caller.name
    decision.save(update_fields=["undone_at", "undone_by"])
    if decision.is_final:
        unsettle(case, decision)
    else:
        reopen(case, decision)
        publish(review_event(case.item, now=now, **held_since(case, decision)), now=now)
    facts = {"decision": decision.ruling}
    write_audit(caller.project, caller.name, "review.undone", case.item, facts, now=now)
    return case.item


def last_decision_of(caller: Caller, now: datetime) -> Decision | None:
    """Return the caller's newest ruling that they may still take back by themselves."""
    since = now - UNDO_WINDOW
    own = Decision.objects.filter(project=caller.project, decider=caller.identity)
    recent = own.filter(decided_at__gt=since, decided_at__lte=now, undone_at=None, appeal=None)
    return recent.select_related("review__log").order_by("-decided_at").first()


def may_undo(decision: Decision, caller: Caller, now: datetime) -> bool:
    """Say whether the caller may take a ruling back, so far as that hangs on them."""
    if hasattr(decision, "appeal"):
        return False
    is_own = decision.decider == caller.identity and now - decision.decided_at <= UNDO_WINDOW
    return is_own or may(caller, "admin")


def refuse_undo(case: Case, decision: Decision) -> None:
    if hasattr(decision, "appeal"):
        raise Conflict("the author was answered: what was decided of an appeal stands")
    if not may(case.caller, "admin"):
        refuse_stranger(case, decision)
    if not decision.is_final:
        return
    if case.log.revision != decision.effects["revision"]:
        raise Conflict("the content was edited since; the decision is about an earlier revision")
    if other := current_item(case.log):
        raise Conflict("the content waits in another review by now", review_id=str(other.pk))


def refuse_stranger(case: Case, decision: Decision) -> None:
    if decision.decider != case.caller.identity:
        raise Forbidden(f"{decision.decided_by} decided this: only they or an admin may undo it")
    if case.now - decision.decided_at > UNDO_WINDOW:
        raise Forbidden("a decision can be undone for 10 minutes; after that an admin may do it")


def unsettle(case: Case, decision: Decision) -> None:
    """Put back content, author and item as they were before a final ruling."""
    was_told = has_left(decision, case.now)
    recall(decision.pk, case.now)
    ruled_status = case.log.status
    taken_back = {} if decision.ruling == Ruling.DISMISS else ruling_tally(case.log, -1)
    effects.put_back_content(case, decision.effects)
    effects.put_back_author(case, decision.effects)
    reopen(case, decision)
    tally = status_tally(ruled_status, case.log.status) | taken_back
    held = held_since(case, decision)
    publish(
        moderation_update(case.log, review_id=case.item.pk, tally=tally, now=case.now, **held),
        user_activity(case.log, case.caller.name, case.now),
        review_event(case.item, now=case.now, tally=OPENED, **held),
        now=case.now,
    )
    if was_told:
        publish(notices.decision_reversed(case, decision), now=case.now)
    else:
        # What was never heard outside must not be contradicted there: lifted bans, for instance.
        recall(case.cause, case.now)


def held_since(case: Case, decision: Decision) -> Held:
    """Return what an undo's events of the house carry: the decision that they take back.

    Whoever was not told of the decision, because its hold was not over, is not told of its end.
    """
    hold = timedelta(seconds=case.policy.decision_hold_seconds)
    return {"cause": decision.pk, "hold_until": decision.decided_at + hold}


def has_left(decision: Decision, now: datetime) -> bool:
    """Say whether somebody outside may have heard of the decision.

    An event whose hold is over counts as told: a sink may have it although others still wait.
    """
    told = OutboxEvent.objects.filter(
        cause=decision.pk, audience=Audience.OUTSIDE, cancelled_at=None
    )
    return any(
        sent_at is not None or hold_until is None or hold_until <= now
        for sent_at, hold_until in told.values_list("sent_at", "hold_until")
    )


def reopen(case: Case, decision: Decision) -> None:
    item = case.item
    for name, value in decision.effects["item"].items():
        # An appeal that came since needs its answer whatever is taken back.
        if name != "source" or item.source != ReviewSource.APPEAL:
            setattr(item, name, value)
    item.status, item.decided_at = ReviewStatus.OPEN, None
    item.version += 1
    item.save(update_fields=["source", "escalated", "status", "decided_at", "version"])
