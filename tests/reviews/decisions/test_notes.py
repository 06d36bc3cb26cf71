"""Notes on an item and on its author: stored, audited, and work on the item."""

from datetime import timedelta

import pytest

from moderation.lib.errors import NotFound
from moderation.models import AuditEntry
from reviews.decisions.notes import add_author_note, add_note
from reviews.models import AuthorNote, Claim, ReviewNote
from reviews.queue import claims
from tests import factories
from tests.reviews.moments import NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_a_note_on_an_item_says_who_wrote_it_when(item, noor):
    note = add_note(item.pk, "Is this a quote?", noor, now=NOON)
    stored = ReviewNote.objects.get()
    assert (stored, stored.review, stored.is_answer) == (note, item, False)
    assert (stored.author, stored.text, stored.created_at) == ("noor", "Is this a quote?", NOON)
    entry = AuditEntry.objects.get(action="review.noted")
    assert (entry.actor, entry.object_id, entry.created_at) == ("noor", str(item.pk), NOON)


def test_a_note_renews_the_writer_s_claim_alone(item, noor, omar):
    claims.claim(item.pk, noor, now=NOON)
    for writer, end in ((omar, 5 * MINUTE), (noor, 6 * MINUTE)):
        add_note(item.pk, "seen", writer, now=NOON + MINUTE)
        assert Claim.objects.get().expires_at == NOON + end


def test_an_item_of_another_project_takes_no_note(noor):
    other = factories.make_item(factories.make_project("other"))
    with pytest.raises(NotFound):
        add_note(other.pk, "seen", noor, now=NOON)


def test_a_note_on_an_author_says_who_wrote_it_when(project, noor):
    note = add_author_note("u1", "Was warned by mail", noor, now=NOON)
    stored = AuthorNote.objects.get()
    assert (stored, stored.project, stored.user_id) == (note, project, "u1")
    assert (stored.written_by, stored.text, stored.created_at) == (
        "noor",
        "Was warned by mail",
        NOON,
    )
    entry = AuditEntry.objects.get(action="author.noted")
    assert (entry.actor, entry.object_type, entry.object_id) == ("noor", "author", "u1")
    assert entry.created_at == NOON
