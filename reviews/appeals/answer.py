"""Answer an appeal: uphold or overturn."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moderation.accounts.audit import write_audit
from moderation.accounts.callers import Caller
from moderation.events.event import Cause, iso
from moderation.events.outbox import publish
from moderation.events.stale_hours import mark_stale
from moderation.lib.errors import Conflict, Invalid, NotFound
from moderation.models import Project, Status
from moderation.models.ids import new_id
from moderation.pipeline.log import change_status
from moderation.pipeline.payloads import moderation_update, status_deltas
from moderation.rules.active import policy_of
from moderation.sanctions.bans import lift_ban
from reviews.appeals.ask import lock_author_of
from reviews.appeals.second_reviewer import refuse_first_decider, rejections_in_effect
from reviews.decisions.case import Case, DecisionRequest, lock_case
from reviews.decisions.decide import commit_decision, item_fields, store_decision
from reviews.decisions.effects import DecisionEffects, log_fields
from reviews.decisions.payloads import appeal_event, decision_reversed
from reviews.models import (
    Appeal,
    AppealOutcome,
    AppealStatus,
    Decision,
    DecisionKind,
)
from reviews.queue import items
from reviews.queue.claims import refuse_escalated
from reviews.queue.events import CLOSED, review_event
from reviews.queue.items import current_item

LONGEST_ANSWER = 2000
ACCEPTED = "the appeal was accepted"


@dataclass(frozen=True)
class Answer:
    outcome: str
    #: What the author reads.
    note: str
    #: The item's version that the moderator saw; None means any.
    version: int | None = None


@transaction.atomic
def decide_appeal(appeal_id: UUID, answer: Answer, caller: Caller, *, now: datetime) -> Appeal:
    """Uphold the decision or reverse all of it; if several people answer at once, one wins.

    Forbidden for whoever made the first decision, while another member may answer; Conflict if the
    appeal is already decided.
    """
    if not 1 <= len(answer.note.strip()) <= LONGEST_ANSWER:
        raise Invalid("note", f"must have 1 to {LONGEST_ANSWER:,} characters: the author reads it")
    appeal = find_appeal(caller.project, appeal_id)
    if appeal.log_id:
        cause = answer_about_content(appeal, answer, caller, now)
    else:
        cause = answer_about_ban(appeal, answer, caller, now)
    appeal.status, appeal.outcome = AppealStatus.DECIDED, AppealOutcome(answer.outcome)
    appeal.answer, appeal.decided_by, appeal.decided_at = answer.note.strip(), caller.name, now
    appeal.save()
    mark_stale(appeal.project, [appeal.created_at], now)
    publish(appeal_event(appeal, now, cause), now=now)
    facts = {"outcome": appeal.outcome, "self_reviewed": appeal.self_reviewed}
    write_audit(caller.project, caller.name, "appeal.decided", appeal, facts, now=now)
    return appeal


def find_appeal(project: Project, appeal_id: UUID) -> Appeal:
    """Return the project's appeal; NotFound for another project's."""
    appeal = Appeal.objects.filter(project=project, pk=appeal_id).with_subjects().first()
    if appeal is None:
        raise NotFound("there is no such appeal in this project")
    appeal.project = project
    if appeal.log:
        appeal.log.project = project
    if appeal.ban:
        appeal.ban.project = project
    return appeal


def answer_about_content(appeal: Appeal, answer: Answer, caller: Caller, now: datetime) -> Cause:
    assert appeal.log
    refuse_answered(appeal)
    item = current_item(appeal.log)
    if item is None:
        raise Conflict("the appeal has been decided in the meantime")
    case = lock_case(item.pk, caller, now=now)
    refuse_answered(locked_appeal(appeal))
    refuse_escalated(case.item, caller)
    if answer.version is not None and answer.version != case.item.version:
        raise Conflict("the content has changed since you opened it", version=case.item.version)
    appeal.self_reviewed = refuse_first_decider(appeal, case.item, caller)
    apply_outcome = overturn if answer.outcome == AppealOutcome.OVERTURNED else uphold
    appeal.decision = apply_outcome(case, answer.note)
    return case.cause


def locked_appeal(appeal: Appeal) -> Appeal:
    """Return a fresh, locked copy of the appeal."""
    return Appeal.objects.select_for_update(no_key=True).get(pk=appeal.pk)


def refuse_answered(appeal: Appeal) -> None:
    if appeal.status == AppealStatus.OPEN:
        return
    raise Conflict(
        f"{appeal.decided_by} has already decided this appeal: {appeal.outcome}",
        decided_by=appeal.decided_by,
        decided_at=iso(appeal.decided_at),
        outcome=appeal.outcome,
    )


def overturn(case: Case, note: str) -> Decision:
    """Restore the content, revoke its strike and lift the bans that followed from it."""
    rejection = rejections_in_effect(case.log).first()
    decision = commit_decision(case, DecisionRequest(DecisionKind.APPROVE, note=note))
    # The decision has already lifted bans that rest on strikes, unless other strikes support them.
    for ban in case.log.bans.active(case.now).filter(rests_on_strikes=False):
        ban.project = case.log.project
        lift_ban(ban, case.cause.because(ACCEPTED), now=case.now)
    if rejection is not None:
        publish(decision_reversed(case, rejection), now=case.now)
    return decision


def uphold(case: Case, note: str) -> Decision:
    """Leave content and author as they are and close the item."""
    log, before = case.log, log_fields(case.log)
    if log.status == Status.FLAGGED:
        status = Status.APPROVED if log.is_approved else Status.REJECTED
        after = before.copy()
        after["status"] = status
        change_status(log, case.now, **after)
        tally = status_deltas(before["status"], status)
        update = moderation_update(log, review_id=case.item.pk, tally=tally, now=case.now)
        publish(update, now=case.now)
    effects: DecisionEffects = {
        "log": before,
        "revision": log.revision,
        "item": item_fields(case.item),
        "strikes_given": [],
        "strikes_revoked": [],
        "bans_issued": [],
        "bans_lifted": [],
    }
    decision = store_decision(case, DecisionRequest(DecisionKind.REJECT, note=note), effects)
    items.close(case.item, case.now)
    event = review_event(case.item, now=case.now, tally=CLOSED, decision=decision)
    publish(event, now=case.now)
    return decision


def answer_about_ban(appeal: Appeal, answer: Answer, caller: Caller, now: datetime) -> Cause:
    ban = appeal.ban
    assert ban
    lock_author_of(ban)
    refuse_answered(locked_appeal(appeal))
    appeal.self_reviewed = refuse_first_decider(appeal, None, caller)
    hold_seconds = policy_of(ban.project).decision_hold_seconds
    hold_until = now + timedelta(seconds=hold_seconds)
    cause = Cause(caller.name, decision=new_id(), hold_until=hold_until)
    if answer.outcome == AppealOutcome.OVERTURNED:
        lift_ban(ban, cause.because(ACCEPTED), now=now)
    return cause
