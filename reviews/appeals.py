"""Appeals: an author asks for another look, and somebody who did not decide first answers."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from moderation import enforce, queries
from moderation.audit import write_audit
from moderation.errors import AlreadyExists, Conflict, Invalid, NotFound
from moderation.events import iso
from moderation.identity import Caller, digest_of
from moderation.models import Ban, ModerationLog, Project, Status
from moderation.models.ids import new_id
from moderation.notices import moderation_update, status_tally
from moderation.publish import publish
from moderation.record import change_status
from moderation.redress import APPEAL_PERIOD, Subject, SubjectKind
from reviews import notices, queue
from reviews.cases import Case, Order, lock_case, lock_log
from reviews.claims import refuse_escalated
from reviews.deciders import refuse_first_decider, standing_rejections
from reviews.decisions import item_fields, record, settle
from reviews.effects import log_fields
from reviews.models import (
    Appeal,
    AppealOutcome,
    AppealStatus,
    Decision,
    ReviewItem,
    ReviewSource,
    Ruling,
)
from reviews.reports import tell_flagged

LONGEST_STATEMENT = 5000  # CONTRACT section 3, "POST appeals"
LONGEST_ANSWER = 2000
ACCEPTED = "the appeal was accepted"


# --- Asking


def find_content(project: Project, user_id: str, message_id: str) -> ModerationLog:
    """Return the author's content; another author's is as absent as none."""
    logs = ModerationLog.objects.filter(project=project, user_id=user_id)
    log = logs.filter(message_id=message_id).first()
    if log is None:
        raise NotFound("there is no such message of this author in this project")
    return log


def find_ban(project: Project, user_id: str, ban_id: UUID) -> Ban:
    ban = Ban.objects.filter(project=project, user_id=user_id, pk=ban_id).first()
    if ban is None:
        raise NotFound("there is no such ban of this author in this project")
    return ban


def subject_of(subject: Subject) -> ModerationLog | Ban:
    """Return what a signed link is about; NotFound once it was removed."""
    found: ModerationLog | Ban | None
    if subject.kind == SubjectKind.CONTENT:
        found = ModerationLog.objects.select_related("project").filter(pk=subject.id).first()
    else:
        found = Ban.objects.select_related("project", "log").filter(pk=subject.id).first()
    if found is None:
        raise NotFound("What this link was about has been removed.")
    return found


def appeal(subject: ModerationLog | Ban, statement: str, *, now: datetime) -> tuple[Appeal, str]:
    """Open an author's appeal; return it with the token that tells its state, shown only here.

    AlreadyExists while an appeal of it is open, Conflict if nothing restricts it any more or its
    six months are over.
    """
    if not 1 <= len(statement.strip()) <= LONGEST_STATEMENT:
        raise Invalid("statement", f"must have 1 to {LONGEST_STATEMENT:,} characters")
    if isinstance(subject, Ban):
        return appeal_ban(subject, statement, now)
    return appeal_content(subject, statement, now)


@transaction.atomic
def appeal_content(log: ModerationLog, statement: str, now: datetime) -> tuple[Appeal, str]:
    """Appeal content under its lock; it waits in the queue as an item of its own or joins one."""
    project, log = log.project, lock_log(log.pk)
    log.project = project
    if not is_restricted(log, now):
        raise Conflict("nothing restricts this message: there is nothing to appeal")
    refuse_late(informed_at(log), now)
    refuse_second(Appeal.objects.filter(log=log))
    item, is_new = queue.open_item(log, source=ReviewSource.APPEAL, now=now)
    if item.source != ReviewSource.APPEAL:
        item.source = ReviewSource.APPEAL
        item.save(update_fields=["source"])
    stored, token = store(Appeal(project=project, user_id=log.user_id, log=log), statement, now)
    tell_flagged(log, item, now)
    tally = notices.OPENED if is_new else notices.UNCHANGED
    publish(notices.review_event(item, now=now, tally=tally), now=now)
    return stored, token


@transaction.atomic
def appeal_ban(ban: Ban, statement: str, now: datetime) -> tuple[Appeal, str]:
    lock_author_of(ban)
    ban.refresh_from_db(fields=["lifted_at", "expires_at"])
    if not is_in_force(ban, now):
        raise Conflict("this ban has ended: there is nothing to appeal")
    refuse_late(ban.issued_at, now)
    refuse_second(Appeal.objects.filter(ban=ban))
    return store(Appeal(project=ban.project, user_id=ban.user_id, ban=ban), statement, now)


def lock_author_of(ban: Ban) -> None:
    policy = queries.policy_of(ban.project)
    enforce.lock_author(ban.project, ban.user_id, ban.channel_id, policy)


def is_in_force(ban: Ban, now: datetime) -> bool:
    return ban.lifted_at is None and (ban.expires_at is None or ban.expires_at > now)


def is_restricted(log: ModerationLog, now: datetime) -> bool:
    """Say whether content is kept back, or a strike or ban from it holds."""
    return not log.is_approved or log.strikes.active(now).exists() or log.bans.active(now).exists()


def informed_at(log: ModerationLog) -> datetime:
    """Return when its author could last learn of a restriction."""
    ruled = standing_rejections(log).filter(appeal=None).values_list("decided_at", flat=True)
    return max([log.judged_at, *ruled])


def refuse_late(informed: datetime, now: datetime) -> None:
    if now > informed + APPEAL_PERIOD:
        raise Conflict("this could be appealed for six months, which are over")


def refuse_second(appeals: QuerySet[Appeal]) -> None:
    if appeals.filter(status=AppealStatus.OPEN).exists():
        raise AlreadyExists("an appeal of this is open already")


def store(draft: Appeal, statement: str, now: datetime) -> tuple[Appeal, str]:
    token = secrets.token_urlsafe(32)
    draft.statement, draft.created_at = statement, now
    draft.token_digest = digest_of(token)
    draft.save(force_insert=True)
    publish(notices.appeal_event(draft, now), now=now)
    return draft, token


# --- Answering


@dataclass(frozen=True)
class Answer:
    outcome: str
    #: What the author reads.
    note: str
    #: The item's version that the decider saw; None means any.
    version: int | None = None


@transaction.atomic
def decide_appeal(appeal_id: UUID, answer: Answer, caller: Caller, *, now: datetime) -> Appeal:
    """Uphold what was decided or take all of it back; of several deciders exactly one wins.

    Forbidden to who decided first while another member may decide, Conflict if it is decided.
    """
    if not 1 <= len(answer.note.strip()) <= LONGEST_ANSWER:
        raise Invalid("note", f"must have 1 to {LONGEST_ANSWER:,} characters: the author reads it")
    found = find_appeal(caller.project, appeal_id)
    if found.log_id:
        decided = answer_about_content(found, answer, caller, now)
    else:
        decided = answer_about_ban(found, answer, caller, now)
    publish(notices.appeal_event(decided, now), now=now)
    facts = {"outcome": decided.outcome, "self_reviewed": decided.self_reviewed}
    write_audit(caller.project, caller.name, "appeal.decided", decided, facts, now=now)
    return decided


def find_appeal(project: Project, appeal_id: UUID) -> Appeal:
    """Return the project's appeal; another project's is as absent as none."""
    found = Appeal.objects.filter(project=project, pk=appeal_id).with_subjects().first()
    if found is None:
        raise NotFound("there is no such appeal in this project")
    found.project = project
    if found.log:
        found.log.project = project
    if found.ban:
        found.ban.project = project
    return found


def answer_about_content(found: Appeal, answer: Answer, caller: Caller, now: datetime) -> Appeal:
    refuse_answered(found)
    case = lock_case(item_of(found).pk, caller, now=now)
    refuse_answered(locked_appeal(found))
    refuse_escalated(case.item, caller)
    refuse_changed(case.item, answer)
    found.self_reviewed = refuse_first_decider(found, case.item, caller)
    rule = overturn if answer.outcome == AppealOutcome.OVERTURNED else uphold
    found.decision = rule(case, answer.note)
    return close(found, answer, caller, now)


def item_of(found: Appeal) -> ReviewItem:
    assert found.log
    item = queue.current_item(found.log)
    if item is None:
        raise Conflict("the appeal was decided meanwhile")
    return item


def locked_appeal(found: Appeal) -> Appeal:
    """Return the appeal as it is now, locked; its own object stays the caller's."""
    return Appeal.objects.select_for_update(no_key=True).get(pk=found.pk)


def refuse_answered(found: Appeal) -> None:
    if found.status == AppealStatus.OPEN:
        return
    raise Conflict(
        f"{found.decided_by} has decided this appeal already: {found.outcome}",
        decided_by=found.decided_by,
        decided_at=iso(found.decided_at),
        outcome=found.outcome,
    )


def refuse_changed(item: ReviewItem, answer: Answer) -> None:
    if answer.version is not None and answer.version != item.version:
        raise Conflict("the content has changed since you opened it", version=item.version)


def overturn(case: Case, note: str) -> Decision:
    """Restore the content and take back its strike and the bans that came of it."""
    reversed_ = standing_rejections(case.log).first()
    decision = settle(case, Order(Ruling.APPROVE, note=note))
    # Those that rest on strikes fell with them, if the remaining ones no longer reach them.
    for ban in case.log.bans.active(case.now).filter(rests_on_strikes=False):
        ban.project = case.log.project
        enforce.lift_ban(
            ban,
            by=case.caller.name,
            reason=ACCEPTED,
            now=case.now,
            cause=case.cause,
            hold_until=case.hold_until,
        )
    if reversed_ is not None:
        publish(notices.decision_reversed(case, reversed_), now=case.now)
    return decision


def uphold(case: Case, note: str) -> Decision:
    """Leave content and author as they are; only the item is closed."""
    log, before = case.log, log_fields(case.log)
    if log.status == Status.FLAGGED:
        status = Status.APPROVED if log.is_approved else Status.REJECTED
        change_status(log, **{**before, "status": status}, now=case.now)
        tally = status_tally(before["status"], status)
        update = moderation_update(log, review_id=case.item.pk, tally=tally, now=case.now)
        publish(update, now=case.now)
    changed = {"log": before, "revision": log.revision, "item": item_fields(case.item)}
    nothing: dict[str, list[str]] = {
        name: [] for name in ("strikes_given", "strikes_revoked", "bans_issued", "bans_lifted")
    }
    decision = record(case, Order(Ruling.REJECT, note=note), {**changed, **nothing})
    queue.close(case.item, case.now)
    event = notices.review_event(case.item, now=case.now, tally=notices.CLOSED, decision=decision)
    publish(event, now=case.now)
    return decision


def answer_about_ban(found: Appeal, answer: Answer, caller: Caller, now: datetime) -> Appeal:
    ban = found.ban
    assert ban
    lock_author_of(ban)
    refuse_answered(locked_appeal(found))
    found.self_reviewed = refuse_first_decider(found, None, caller)
    if answer.outcome == AppealOutcome.OVERTURNED:
        hold_seconds = queries.policy_of(ban.project).decision_hold_seconds
        hold_until = now + timedelta(seconds=hold_seconds)
        enforce.lift_ban(
            ban, by=caller.name, reason=ACCEPTED, now=now, cause=new_id(), hold_until=hold_until
        )
    return close(found, answer, caller, now)


def close(found: Appeal, answer: Answer, caller: Caller, now: datetime) -> Appeal:
    found.status, found.outcome = AppealStatus.DECIDED, AppealOutcome(answer.outcome)
    found.answer, found.decided_by, found.decided_at = answer.note.strip(), caller.name, now
    found.save()
    return found


# --- Reads


def appeal_of_token(token: str) -> Appeal:
    """Return the appeal whose author got this token; NotFound for any other."""
    appeals = Appeal.objects.with_subjects().select_related("project")
    found = appeals.filter(token_digest=digest_of(token)).first()
    if found is None:
        raise NotFound("There is no appeal with this token.")
    return found


def newest_appeal(subject: ModerationLog | Ban) -> Appeal | None:
    return subject.appeals.order_by("-created_at", "-id").first()
