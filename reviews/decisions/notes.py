"""Notes that moderators leave for each other on an item or an author."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moderation.accounts.audit import write_audit
from moderation.accounts.callers import Caller
from reviews.models import AuthorNote, ReviewNote
from reviews.queue.claims import renew
from reviews.queue.items import find_item

MAX_NOTE_LENGTH = 2000  # docs/limits.md, "Sizes"


@transaction.atomic
def add_note(item_id: UUID, text: str, caller: Caller, *, now: datetime) -> ReviewNote:
    """Store a note and renew the writer's claim."""
    item = find_item(caller.project, item_id)
    renew(item, caller, now=now)
    note = ReviewNote.objects.create(review=item, author=caller.name, text=text, created_at=now)
    write_audit(caller.project, caller.name, "review.noted", item, now=now)
    return note


@transaction.atomic
def add_author_note(user_id: str, text: str, caller: Caller, *, now: datetime) -> AuthorNote:
    """Store a note on an author of the caller's project; authors never see it."""
    note = AuthorNote.objects.create(
        project=caller.project,
        user_id=user_id,
        written_by=caller.name,
        text=text,
        created_at=now,
    )
    write_audit(caller.project, caller.name, "author.noted", f"author:{user_id}", now=now)
    return note
