"""What a moderator puts into the queue by hand."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moderation.accounts.audit import write_audit
from moderation.accounts.callers import Caller
from moderation.lib.errors import NotFound
from moderation.models import ModerationLog
from reviews.appeals.reports import NewReport, store
from reviews.models import Report

#: Set before the name, so that no user of the app can have the same id.
STAFF = "moderator:"


@transaction.atomic
def put_in_queue(content_id: UUID, reason: str, caller: Caller, *, now: datetime) -> Report:
    """Report content as a moderator; it opens or joins the content's item.

    Raises NotFound if the project has no such content.
    """
    log = ModerationLog.objects.filter(project=caller.project, pk=content_id).first()
    if log is None:
        raise NotFound("There is no such content in this project.")
    log.project = caller.project
    new = NewReport(log.message_id, f"{STAFF}{caller.name}"[:200], reason)
    stored, is_new = store(log, new, now)
    if is_new:
        write_audit(caller.project, caller.name, "content.queued", log, {"reason": reason}, now=now)
    return stored
