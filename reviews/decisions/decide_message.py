"""Decide on a message in any state: never flagged, open, or already decided."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moderation.accounts.callers import Caller
from moderation.events.outbox import publish
from moderation.lib.errors import NotFound
from moderation.models import ModerationLog
from moderation.rules.active import policy_of
from moderation.sanctions.author_lock import lock_author
from reviews.decisions.case import DecisionRequest, lock_log
from reviews.decisions.decide import decide
from reviews.models import ReviewItem
from reviews.queue.events import OPENED, UNCHANGED, review_event
from reviews.queue.items import open_item


def decide_message(
    message_id: str, request: DecisionRequest, caller: Caller, *, now: datetime
) -> ReviewItem:
    """Decide on the message with the app's id; open an item for it if it has none.

    Raises NotFound if there is no such message, and whatever `decide` raises.
    """
    logs = ModerationLog.objects.filter(project=caller.project, message_id=message_id)
    return _decide_log(logs.first(), request, caller, now=now)


def decide_content(
    content_id: UUID, request: DecisionRequest, caller: Caller, *, now: datetime
) -> ReviewItem:
    """Decide on the content with our id; open an item for it if it has none.

    Raises NotFound if there is no such content, and whatever `decide` raises.
    """
    logs = ModerationLog.objects.filter(project=caller.project, pk=content_id)
    return _decide_log(logs.first(), request, caller, now=now)


@transaction.atomic
def _decide_log(
    unlocked: ModerationLog | None, request: DecisionRequest, caller: Caller, *, now: datetime
) -> ReviewItem:
    if unlocked is None:
        raise NotFound("Message not found")
    project = caller.project
    # Lock in the order of every decision: author, content, item.
    unlocked.project = project
    lock_author(unlocked.author, policy_of(project))
    log = lock_log(unlocked.pk)
    log.project = project
    item, is_new = open_item(log, now=now)
    publish(review_event(item, now=now, tally=OPENED if is_new else UNCHANGED), now=now)
    return decide(item.pk, request, caller, now=now)
