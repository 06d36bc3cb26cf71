"""An author beside the open item, and notes on the person."""

import pytest
from django.utils import timezone

from moderation.models import AuditEntry
from reviews.models import AuthorNote
from reviews.reporting.erasure import erase_author
from tests.factories import BLOCKED, CLEAN, FLAGGED, make_item, make_log

pytestmark = pytest.mark.django_db
PIECE = {"HX-Request": "true"}
DRAWER, NOTES = "/p/forum/authors/drawer", "/p/forum/authors/notes"


def look(client, user_id="ana", **query):
    answer = client.get(DRAWER, {"user_id": user_id, **query}, headers=PIECE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_drawer_has_the_authors_messages_strikes_and_other_items(desk, project):
    shown = make_item(project, FLAGGED, user_id="ana")
    other = make_item(project, "Shut up loser", user_id="ana")
    make_log(project, CLEAN, user_id="ana")
    make_log(project, BLOCKED, user_id="ana")
    make_log(project, "Somebody else wrote this", user_id="omar")
    page = look(desk, review=str(shown.pk))
    assert CLEAN in page
    assert "Somebody else wrote this" not in page
    assert "1 of 3 in <bdi>#general</bdi>" in page
    assert f"/p/forum/queue/{other.pk}" in page
    assert f"/p/forum/queue/{shown.pk}" not in page


def test_an_unknown_author_is_an_empty_drawer(desk):
    assert "None stored." in look(desk, "nobody", review="nonsense")


def test_without_htmx_the_drawer_is_the_authors_page(desk, project):
    make_log(project, user_id="ana")
    assert desk.get(DRAWER, {"user_id": "ana"})["Location"] == "/p/forum/authors?user_id=ana"


def test_a_note_is_shown_in_the_drawer_and_on_the_authors_page(desk, project):
    make_log(project, user_id="ana")
    note = {"user_id": "ana", "text": "Asked <twice> already"}
    piece = desk.post(NOTES, note, headers=PIECE).content.decode()
    for page in (piece, look(desk), desk.get("/p/forum/authors?user_id=ana").content.decode()):
        assert "Asked &lt;twice&gt; already" in page
    assert AuthorNote.objects.get().written_by == "noor"
    assert AuditEntry.objects.get(action="author.noted").object_id == "ana"


@pytest.mark.parametrize("fields", [{"user_id": "ana", "text": " "}, {"user_id": "", "text": "x"}])
def test_an_empty_note_is_refused(desk, fields):
    assert desk.post(NOTES, fields).status_code == 422
    assert not AuthorNote.objects.exists()


def test_a_viewer_reads_notes_and_writes_none(signed_in, project, noor):
    AuthorNote.objects.create(project=project, user_id="ana", written_by="noor", text="Seen")
    viewer = signed_in("viewer")
    assert viewer.post(NOTES, {"user_id": "ana", "text": "x"}).status_code == 403
    page = look(viewer)
    assert "Seen" in page
    assert "<textarea" not in page


def test_erasing_an_author_erases_the_notes(project):
    AuthorNote.objects.create(project=project, user_id="ana", written_by="noor", text="Seen")
    AuthorNote.objects.create(project=project, user_id="omar", written_by="noor", text="Seen")
    erased = erase_author(project, "ana", actor="tests", now=timezone.now()).erased
    assert erased["notes"] == 1
    assert AuthorNote.objects.get().user_id == "omar"


def test_an_item_shows_two_messages_before_and_two_after(desk, project):
    before = [make_log(project, f"Before {number}") for number in range(3)]
    item = make_item(project, FLAGGED)
    for number in range(3):
        make_log(project, f"After {number}")
    page = desk.get(f"/p/forum/queue/{item.pk}").context["near"]
    assert [log.content for log in page.before] == ["Before 1", "Before 2"]
    assert [log.content for log in page.after] == ["After 0", "After 1"]
    assert before[0].content == "Before 0"


def test_words_that_the_queue_covers_are_covered_in_the_drawer_too(desk, project):
    make_log(project, "I will kill you", user_id="ana")
    page = look(desk)
    assert 'class="veil"' in page
    assert "I will kill you" not in page
