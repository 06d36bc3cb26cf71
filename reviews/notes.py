"""Notes that moderators leave for each other on an item."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moderation.audit import write_audit
from moderation.identity import Caller
from reviews.claims import renew
from reviews.models import ReviewNote
from reviews.queue import find_item


@transaction.atomic
def add_note(item_id: UUID, text: str, caller: Caller, *, now: datetime) -> ReviewNote:
    """Store a note; it also renews the writer's claim."""
    item = find_item(caller.project, item_id)
    renew(item, caller, now=now)
    note = ReviewNote.objects.create(review=item, author=caller.name, text=text, created_at=now)
    write_audit(caller.project, caller.name, "review.noted", item, now=now)
    return note
