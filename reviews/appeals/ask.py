"""Appeals: an author asks for another review; somebody who did not decide first answers."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from moderation.accounts.key_lookup import digest_of
from moderation.events.outbox import publish
from moderation.lib.errors import AlreadyExists, Conflict, Invalid, NotFound
from moderation.lib.signed_links import APPEAL_PERIOD, Subject, SubjectKind
from moderation.models import Ban, ModerationLog, Project
from moderation.rules.active import policy_of
from moderation.sanctions.author_lock import lock_author
from reviews.appeals.reports import flag_content
from reviews.appeals.second_reviewer import rejections_in_effect
from reviews.decisions.case import lock_log
from reviews.decisions.payloads import appeal_event
from reviews.models import (
    Appeal,
    AppealStatus,
    ReviewSource,
)
from reviews.queue.events import OPENED, UNCHANGED, review_event
from reviews.queue.items import open_item

LONGEST_STATEMENT = 5000  # docs/limits.md, "Sizes"


# --- Asking


def find_content(project: Project, user_id: str, message_id: str) -> ModerationLog:
    """Return the author's content; NotFound for another author's."""
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
    """Return the content or ban of a signed link; NotFound if it has been deleted."""
    row: ModerationLog | Ban | None
    if subject.kind == SubjectKind.CONTENT:
        row = ModerationLog.objects.select_related("project").filter(pk=subject.id).first()
    else:
        row = Ban.objects.select_related("project", "log").filter(pk=subject.id).first()
    if row is None:
        raise NotFound("The message or ban of this link has been deleted.")
    return row


def appeal(subject: ModerationLog | Ban, statement: str, *, now: datetime) -> tuple[Appeal, str]:
    """Open an author's appeal; return it with the token that lets its author follow it.

    The token is available only here. AlreadyExists while an appeal of the subject is open, Conflict
    if nothing restricts the subject any more or its six months are over.
    """
    if not 1 <= len(statement.strip()) <= LONGEST_STATEMENT:
        raise Invalid("statement", f"must have 1 to {LONGEST_STATEMENT:,} characters")
    if isinstance(subject, Ban):
        return appeal_ban(subject, statement, now)
    return appeal_content(subject, statement, now)


@transaction.atomic
def appeal_content(log: ModerationLog, statement: str, now: datetime) -> tuple[Appeal, str]:
    """Appeal content under its lock; opens an item in the queue or joins the open one."""
    project, log = log.project, lock_log(log.pk)
    log.project = project
    if not is_restricted(log, now):
        raise Conflict("nothing restricts this message, so there is nothing to appeal")
    informed_at = informed_of(log)
    refuse_late(informed_at, now)
    refuse_second(Appeal.objects.filter(log=log), informed_at)
    item, is_new = open_item(log, source=ReviewSource.APPEAL, now=now)
    if item.source != ReviewSource.APPEAL:
        item.source = ReviewSource.APPEAL
        item.save(update_fields=["source"])
    stored, token = store(Appeal(project=project, user_id=log.user_id, log=log), statement, now)
    flag_content(log, item, now)
    tally = OPENED if is_new else UNCHANGED
    publish(review_event(item, now=now, tally=tally), now=now)
    return stored, token


@transaction.atomic
def appeal_ban(ban: Ban, statement: str, now: datetime) -> tuple[Appeal, str]:
    lock_author_of(ban)
    ban.refresh_from_db(fields=["lifted_at", "expires_at"])
    if not ban.is_active_at(now):
        raise Conflict("this ban has ended, so there is nothing to appeal")
    refuse_late(ban.issued_at, now)
    refuse_second(Appeal.objects.filter(ban=ban), ban.issued_at)
    return store(Appeal(project=ban.project, user_id=ban.user_id, ban=ban), statement, now)


def lock_author_of(ban: Ban) -> None:
    lock_author(ban.author, policy_of(ban.project))


def is_restricted(log: ModerationLog, now: datetime) -> bool:
    """Say whether content is hidden, or a strike or ban for it is in force."""
    return not log.is_approved or log.strikes.active(now).exists() or log.bans.active(now).exists()


def refuse_late(informed: datetime, now: datetime) -> None:
    if now > informed + APPEAL_PERIOD:
        raise Conflict("the six months to appeal this are over")


def informed_of(log: ModerationLog) -> datetime:
    """Return when the author could last learn of a restriction of the content."""
    decided = rejections_in_effect(log).filter(appeal=None).values_list("decided_at", flat=True)
    return max([log.judged_at, *decided])


def refuse_second(appeals: QuerySet[Appeal], informed_at: datetime) -> None:
    """Refuse while an appeal is open, and after an answer until there is something new."""
    if appeals.filter(status=AppealStatus.OPEN).exists():
        raise AlreadyExists("an appeal of this is already open")
    if appeals.filter(decided_at__gte=informed_at).exists():
        raise Conflict(
            "an appeal of this was answered: only an edit or a new decision can be appealed again"
        )


def store(draft: Appeal, statement: str, now: datetime) -> tuple[Appeal, str]:
    token = secrets.token_urlsafe(32)
    draft.statement, draft.created_at = statement, now
    draft.token_digest = digest_of(token)
    draft.save(force_insert=True)
    publish(appeal_event(draft, now), now=now)
    return draft, token


# --- Reads


def appeal_of_token(token: str) -> Appeal:
    """Return the appeal with this token, which its author received; NotFound if there is none."""
    appeals = Appeal.objects.with_subjects().select_related("project")
    appeal = appeals.filter(token_digest=digest_of(token)).first()
    if appeal is None:
        raise NotFound("There is no appeal with this token.")
    return appeal


def newest_appeal(subject: ModerationLog | Ban) -> Appeal | None:
    return subject.appeals.order_by("-created_at", "-id").first()
