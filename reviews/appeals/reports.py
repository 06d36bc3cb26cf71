"""Reports: an end user asks for a review of content."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from moderation.events.outbox import publish
from moderation.lib.errors import Invalid, NotFound
from moderation.models import ModerationLog, Project, Status
from moderation.pipeline.log import change_status
from moderation.pipeline.moderate import moderate
from moderation.pipeline.payloads import moderation_update, status_deltas
from moderation.pipeline.submission import Submission
from reviews.decisions.case import lock_log
from reviews.decisions.effects import log_fields
from reviews.models import Report, ReviewItem, ReviewSource
from reviews.queue.events import OPENED, UNCHANGED, review_event
from reviews.queue.items import count_report, open_item


@dataclass(frozen=True)
class NewReport:
    """What an end user's client sends; the last three only for content that was never checked."""

    message_id: str
    reporter_id: str
    reason: str
    note: str = ""
    content: str | None = None
    user_id: str | None = None
    channel_id: str | None = None


def report(project: Project, new: NewReport, *, now: datetime) -> tuple[Report, bool]:
    """Store the report and open or join the content's item; return it and whether it is new.

    The same reason again is new only after an edit. A reporter counts once for each item. Raises
    NotFound for a message that was never checked, unless the report brings its content.
    """
    log = ModerationLog.objects.filter(project=project, message_id=new.message_id).first()
    return store(log or check_first(project, new, now), new, now)


def check_first(project: Project, new: NewReport, now: datetime) -> ModerationLog:
    """Check content that was never checked, as if its author had just sent it."""
    if new.content is None:
        raise NotFound(
            f"message {new.message_id} was never checked: "
            "send content, user_id and channel_id with the report"
        )
    for name in ("user_id", "channel_id"):
        if getattr(new, name) is None:
            raise Invalid(name, "is required for content that was never checked")
    submission = Submission(
        project=project,
        message_id=new.message_id,
        user_id=new.user_id or "",
        channel_id=new.channel_id or "",
        content=new.content,
    )
    return moderate(submission, now).log


@transaction.atomic
def store(log: ModerationLog, new: NewReport, now: datetime) -> tuple[Report, bool]:
    """Store the report under the content's lock, so that it is stored only once."""
    project, log = log.project, lock_log(log.pk)
    log.project = project
    by_reporter = log.reports.filter(reporter_id=new.reporter_id)
    earlier = by_reporter.filter(revision=log.revision, reason=new.reason).first()
    if earlier is not None:
        return earlier, False
    item, is_new = open_item(log, source=ReviewSource.REPORT, now=now)
    if not by_reporter.filter(review=item).exists():
        count_report(item, log)
    stored = Report.objects.create(
        project=project,
        log=log,
        review=item,
        reporter_id=new.reporter_id,
        reason=new.reason,
        revision=log.revision,
        note=new.note,
        created_at=now,
    )
    tally = OPENED if is_new else UNCHANGED
    flag_content(log, item, now)
    publish(review_event(item, now=now, tally=tally), now=now)
    return stored, True


def flag_content(log: ModerationLog, item: ReviewItem, now: datetime) -> None:
    """Set content with an open review to flagged, unless the engine blocked it.

    The rule: docs/verdicts.md, "Action and status".
    """
    if log.status == Status.FLAGGED or log.verdict == "block":
        return
    tally = status_deltas(log.status, Status.FLAGGED)
    fields = log_fields(log)
    fields["status"] = Status.FLAGGED
    change_status(log, now, **fields)
    publish(moderation_update(log, review_id=item.pk, tally=tally, now=now), now=now)
