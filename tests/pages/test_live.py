"""The live page: its figures match the rows, its feed shows the latest verdicts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from moderation.accounts.preferences import prefer
from moderation.delivery import relay
from moderation.models import Veil
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.queue import claims
from tests.factories import BLOCKED, CLEAN, FLAGGED, make_caller, make_item, make_log

LIVE = "/p/arena/live"
EVIL = "<img src=x onerror=alert(1)>"
PIECE = {"HX-Request": "true"}


def text_of(answer):
    return answer.content.decode()


def look(client, query="", **headers):
    """Return the page once the relay has told what happened."""
    relay.run_once([])
    return client.get(LIVE + query, **headers)


def feed_of(answer):
    return [row.content_id for row in answer.context["feed"]]


# --- Who sees it


@pytest.mark.parametrize("role", ["viewer", "moderator", "owner"])
def test_members_see_it(signed_in, role):
    assert look(signed_in(role)).status_code == 200


def test_for_a_stranger_there_is_no_such_project(signed_in):
    assert look(signed_in(None)).status_code == 404


def test_who_is_signed_out_is_sent_to_the_sign_in(arena):
    assert look(Client())["Location"] == f"/login?next={LIVE}"


# --- Figures


def test_figures_are_those_of_the_rows(arena, signed_in):
    for content in (CLEAN, CLEAN, FLAGGED, BLOCKED):
        make_log(arena, content)
    page = text_of(look(signed_in("viewer")))
    for stat, shown in {
        "total_content": "4", "approved": "2", "flagged": "1", "rejected": "1",
        "approval_rate": "50.0 %", "flag_rate": "25.0 %", "rejection_rate": "25.0 %",
        "open_reviews": "1",
    }.items():  # fmt: skip
        assert page.count(f'data-stat="{stat}">{shown}<') == 1, stat


def test_page_continues_after_the_last_event_that_it_shows(arena, signed_in):
    make_log(arena)
    page = look(signed_in("viewer"))
    arena.refresh_from_db()
    assert f'data-seq="{arena.last_seq}"' in text_of(page)


def test_figures_link_to_the_rows_behind_them(signed_in):
    page = text_of(look(signed_in("viewer")))
    for status in ("approved", "flagged", "rejected"):
        assert f'href="/p/arena/content?status={status}&amp;created_after=' in page


def test_tiles_count_the_chosen_window_and_all_time(arena, signed_in):
    now = timezone.now()
    make_log(arena, now=now - timedelta(hours=3))
    make_log(arena, now=now)
    for window, count in (("1h", "1"), ("24h", "2")):
        page = look(signed_in("viewer"), f"?window={window}")
        assert page.context["since"]["total"] == int(count)
        assert 'data-stat="total_content">2<' in text_of(page)


@pytest.mark.parametrize(
    ("asked", "count"), [("", 3), ("?feed=flagged", 1), ("?feed=blocked", 1), ("?feed=odd", 3)]
)
def test_the_feed_shows_the_verdicts_that_were_chosen(arena, signed_in, asked, count):
    for content in (CLEAN, FLAGGED, BLOCKED):
        make_log(arena, content)
    assert len(feed_of(look(signed_in("viewer"), asked))) == count


def test_queue_tells_its_oldest_and_what_is_claimed(arena, signed_in):
    make_item(arena, now=timezone.now() - timedelta(minutes=41))
    caller = make_caller(arena, name="omar")
    claims.claim(make_item(arena).pk, caller, now=timezone.now())
    queue = look(signed_in("viewer")).context["queue"]
    assert (queue.open, queue.claimed) == (2, 1)
    assert timezone.now() - queue.oldest_at > timedelta(minutes=41)


def test_who_decided_is_an_active_moderator(arena, signed_in):
    opened = timezone.now() - timedelta(minutes=3)
    omar = make_caller(arena, name="omar")
    item = make_item(arena, now=opened)
    decide(item.pk, DecisionRequest("approve"), omar, now=timezone.now())
    page = look(signed_in("viewer"))
    assert [(one.name, one.decided) for one in page.context["people"]] == [("omar", 1)]
    assert "3 min" in text_of(page)


# --- Charts


def test_charts_have_a_sentence_and_a_table(arena, signed_in):
    for content in (CLEAN, FLAGGED, FLAGGED):
        make_log(arena, content)
    page = text_of(look(signed_in("viewer")))
    assert "2 of 3 got a verdict other than allow." in page
    assert "Harassment leads with 2" in page
    assert page.count("<summary>Show as table</summary>") == 2


def test_a_piece_has_what_changes_by_itself_and_no_frame(arena, signed_in):
    make_log(arena, FLAGGED)
    piece = text_of(look(signed_in("viewer"), headers=PIECE))
    assert "<html" not in piece
    for part in ("since-total", "waiting", "verdicts-table", "categories-summary", "moderators"):
        assert f'data-part="{part}"' in piece
    assert 'data-feed="activity"' in piece


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", "1h"), ("?window=24h", "24h"), ("?window=7d", "7d"), ("?window=%00", "1h")],
)
def test_window_is_one_of_three(signed_in, asked, shown):
    assert look(signed_in("viewer"), asked).context["window"].key == shown


# --- Feed


def test_feed_has_the_last_ten_contents_newest_first(arena, signed_in):
    logs = [make_log(arena, f"hello {number}") for number in range(12)]
    assert feed_of(look(signed_in("viewer"))) == [str(log.pk) for log in logs[:1:-1]]


def test_a_ruling_moves_its_content_up_and_names_the_person(arena, signed_in):
    item = make_item(arena)
    other = make_log(arena)
    decide(item.pk, DecisionRequest("reject"), make_caller(arena, name="omar"), now=timezone.now())
    page = look(signed_in("viewer"))
    assert feed_of(page) == [str(item.log_id), str(other.pk)]
    row = page.context["feed"][0]
    assert (row.label, row.chip, row.by) == ("rejected", "block", "decided by omar")


def test_hostile_text_is_shown_as_text(arena, signed_in):
    make_log(arena, f"{EVIL} \u202e\u0007 {'x' * 900}", user_id=EVIL)
    page = text_of(look(signed_in("viewer")))
    assert EVIL not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") == 2


@pytest.mark.parametrize(
    ("veil", "is_shown"), [(Veil.NEVER, True), (Veil.HIGH, True), (Veil.MEDIUM, False)]
)
def test_a_preview_is_covered_from_the_severity_that_the_person_chose(
    arena, signed_in, veil, is_shown
):
    make_log(arena, FLAGGED)
    client = signed_in("viewer", "vera")
    prefer(client.get(LIVE).wsgi_request.user, theme="system", shortcuts=True, veil=veil)
    page = text_of(look(client))
    assert (FLAGGED in page, "hidden harassment" in page) == (is_shown, not is_shown)


def test_personal_data_is_always_covered(arena, signed_in):
    make_log(arena, "write me at john@example.com")
    client = signed_in("moderator", "vera")
    prefer(client.get(LIVE).wsgi_request.user, theme="system", shortcuts=True, veil=Veil.NEVER)
    page = text_of(look(client))
    assert "john@example.com" not in page
    assert "hidden personal info" in page


def test_a_clean_message_was_found_by_nothing(arena, signed_in):
    make_log(arena)
    assert look(signed_in("viewer")).context["feed"][0].by == "nothing found"


def test_the_feed_says_what_found_something(arena, signed_in):
    make_log(arena, FLAGGED)
    assert look(signed_in("viewer")).context["feed"][0].by == "found by the word list"


# --- An empty project


def test_an_empty_project_says_how_to_send_the_first_message(arena, signed_in, settings):
    settings.OPEN_PROJECT = "arena"
    page = text_of(look(signed_in("viewer")))
    assert "No messages yet" in page
    assert "curl http://testserver/api/v1/moderation/check" in page
    assert "X-API-Key" not in page


def test_a_project_that_is_not_open_is_asked_with_a_key(signed_in):
    assert "X-API-Key: YOUR_KEY" in text_of(look(signed_in("viewer")))


def test_a_project_with_messages_needs_no_introduction(arena, signed_in):
    make_log(arena)
    assert "No messages yet" not in text_of(look(signed_in("viewer")))


# --- Cost


@pytest.mark.usefixtures("lasting_caches")
def test_queries_are_as_many_with_many_rows(arena, signed_in):
    client = signed_in("viewer")
    caller = make_caller(arena)
    counts = []
    for more in (2, 20):
        for number in range(more):
            make_log(arena, f"{CLEAN} {number}")
            decide(make_item(arena).pk, DecisionRequest("approve"), caller, now=timezone.now())
        relay.run_once([])
        with CaptureQueriesContext(connection) as captured:
            client.get(LIVE)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20
