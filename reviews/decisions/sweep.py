"""Take down what a banned author wrote: their open items, and their messages of the last hours."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from moderation.accounts.callers import Caller
from moderation.lib.errors import GavelError
from moderation.models import Author, ModerationLog
from reviews.decisions.bulk import MOST_AT_ONCE, BulkResult
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide_message import decide_content
from reviews.models import DecisionKind, ReviewItem
from reviews.queue.reasons import suggested_code


def messages_to_sweep(author: Author, since: datetime | None) -> QuerySet[ModerationLog]:
    """Return the author's content that a sweep rejects, the newest first, at most 100.

    author: in a channel, or in the whole project. since: also what is shown and was sent after
    it; None for the open items alone.
    """
    logs = ModerationLog.objects.filter(project=author.project, user_id=author.user_id)
    if author.channel_id:
        logs = logs.filter(channel_id=author.channel_id)
    swept = logs.filter(Exists(ReviewItem.objects.open().filter(log=OuterRef("pk"))))
    if since is not None:
        swept = swept | logs.filter(is_approved=True, created_at__gte=since)
    return swept.order_by("-created_at", "-id")[:MOST_AT_ONCE]


def sweep(
    author: Author, since: datetime | None, caller: Caller, *, now: datetime
) -> list[BulkResult]:
    """Reject that content without strikes, each in a transaction of its own.

    A result has the id of the item; of the content if it was refused.
    """
    results = []
    for log in messages_to_sweep(author, since):
        request = DecisionRequest(DecisionKind.REJECT, suggested_code(log), strike=False)
        item_id: UUID = log.pk
        try:
            item_id = decide_content(log.pk, request, caller, now=now).pk
        except GavelError as error:
            results.append(BulkResult(item_id, error))
        else:
            results.append(BulkResult(item_id))
    return results
