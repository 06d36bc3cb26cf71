"""Reports: an end user says that content needs a look."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from moderation.errors import Invalid, NotFound
from moderation.ingest import Submission
from moderation.models import ModerationLog, Project, Status
from moderation.notices import moderation_update, status_tally
from moderation.pipeline import moderate
from moderation.publish import publish
from moderation.record import change_status
from reviews.cases import lock_log
from reviews.effects import log_fields
from reviews.models import Report, ReviewItem, ReviewSource
from reviews.notices import OPENED, UNCHANGED, review_event
from reviews.queue import count_report, open_item


@dataclass(frozen=True)
class Reported:
    """What an end user's client sends; the last three only for content never checked before."""

    message_id: str
    reporter_id: str
    reason: str
    note: str = ""
    content: str | None = None
    user_id: str | None = None
    channel_id: str | None = None


def report(project: Project, reported: Reported, *, now: datetime) -> tuple[Report, bool]:
    """Count the reporter's word, once for each content; return the report and whether it is new.

    It opens or joins the content's item. Raises NotFound for a message never checked whose content
    is not given.
    """
    log = find_log(project, reported) or check_first(project, reported, now)
    return store(log, reported, now)


def find_log(project: Project, reported: Reported) -> ModerationLog | None:
    return ModerationLog.objects.filter(project=project, message_id=reported.message_id).first()


def check_first(project: Project, reported: Reported, now: datetime) -> ModerationLog:
    """Judge content that was never checked, as if its author had just sent it."""
    if reported.content is None:
        raise NotFound(
            f"message {reported.message_id} was never checked: "
            "send content, user_id and channel_id with the report"
        )
    submission = Submission(
        project=project,
        message_id=reported.message_id,
        user_id=required("user_id", reported.user_id),
        channel_id=required("channel_id", reported.channel_id),
        content=reported.content,
    )
    return moderate(submission, now).log


def required(name: str, value: str | None) -> str:
    if value is None:
        raise Invalid(name, "is needed for content that was never checked")
    return value


@transaction.atomic
def store(log: ModerationLog, reported: Reported, now: datetime) -> tuple[Report, bool]:
    """Store the report under the content's lock, so that the same reporter counts once."""
    project, log = log.project, lock_log(log.pk)
    log.project = project
    earlier = log.reports.filter(reporter_id=reported.reporter_id).first()
    if earlier is not None:
        return earlier, False
    item, is_new = open_item(log, source=ReviewSource.REPORT, now=now)
    count_report(item, log)
    stored = Report.objects.create(
        project=project,
        log=log,
        review=item,
        reporter_id=reported.reporter_id,
        reason=reported.reason,
        note=reported.note,
        created_at=now,
    )
    tally = OPENED if is_new else UNCHANGED
    tell_flagged(log, item, now)
    publish(review_event(item, now=now, tally=tally), now=now)
    return stored, True


def tell_flagged(log: ModerationLog, item: ReviewItem, now: datetime) -> None:
    """Content with an open review is flagged, unless the engine blocked it (CONTRACT section 3)."""
    if log.status == Status.FLAGGED or log.verdict == "block":
        return
    tally = status_tally(log.status, Status.FLAGGED)
    change_status(log, **{**log_fields(log), "status": Status.FLAGGED}, now=now)
    publish(moderation_update(log, review_id=item.pk, tally=tally, now=now), now=now)
