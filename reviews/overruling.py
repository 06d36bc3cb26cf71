"""Rule on a message whatever became of it so far: never flagged, waiting, or decided already."""

from datetime import datetime

from django.db import transaction

from moderation.enforce import lock_author
from moderation.errors import NotFound
from moderation.identity import Caller
from moderation.models import ModerationLog
from moderation.publish import publish
from moderation.queries import policy_of
from reviews.cases import Order, lock_log
from reviews.decisions import decide
from reviews.models import ReviewItem
from reviews.notices import OPENED, UNCHANGED, review_event
from reviews.queue import open_item


@transaction.atomic
def rule_on_message(message_id: str, order: Order, caller: Caller, *, now: datetime) -> ReviewItem:
    """Rule on the content with this message_id, on an item that is opened if none is open.

    Raises NotFound if there is no such message, and what `decide` raises.
    """
    project = caller.project
    found = ModerationLog.objects.filter(project=project, message_id=message_id).first()
    if found is None:
        raise NotFound("Message not found")
    # In the order of every ruling: author, content, item.
    lock_author(project, found.user_id, found.channel_id, policy_of(project))
    log = lock_log(found.pk)
    log.project = project
    item, is_new = open_item(log, now=now)
    publish(review_event(item, now=now, tally=OPENED if is_new else UNCHANGED), now=now)
    return decide(item.pk, order, caller, now=now)
