from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.models import Strike
from reviews.appeals.reports import NewReport, report
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind, ReviewItem
from reviews.queue import claims
from reviews.queue.selection import PAGE
from tests import factories

pytestmark = pytest.mark.django_db
HOSTILE = '<img src=x onerror=alert(1)> "idiot" \u202e\u0007'


@pytest.fixture
def desk(signed_in):
    """Return a function that reads the queue as a moderator and gives the page's text."""
    client = signed_in("moderator", "mona")

    def read(query="", **headers):
        answer = client.get(f"/p/forum/queue{query}", headers=headers)
        assert answer.status_code == 200
        return answer.content.decode()

    return read


@pytest.fixture
def item(project):
    return factories.make_item(project, user_id="u1", message_id="m1")


def rule(item, caller, ruling, **order):
    decide(item.pk, DecisionRequest(DecisionKind(ruling), **order), caller, now=timezone.now())


def ids_in(page):
    return [part.split('"')[0] for part in page.split('<li class="qrow" data-review-id="')[1:]]


# --- Who may


def test_someone_signed_out_is_sent_to_the_sign_in(client, project):
    answer = client.get("/p/forum/queue?lane=held")
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/login?next=/p/forum/queue%3Flane%3Dheld",
    )


@pytest.mark.parametrize("path", ["queue", "queue/lanes", "queue/new"])
def test_a_strangers_queue_is_as_absent_as_none(signed_in, path):
    assert signed_in(None).get(f"/p/forum/{path}").status_code == 404


def test_a_viewer_reads_along_and_is_told_why_no_more(signed_in, item):
    page = signed_in("viewer").get("/p/forum/queue").content.decode()
    assert ids_in(page) == [str(item.pk)]
    assert "To decide you need the role moderator" in page
    assert 'type="checkbox" name="id"' not in page


# --- Rows


def test_a_row_shows_author_text_reason_and_strikes(desk, project, item):
    Strike.objects.create(
        project=project,
        user_id="u1",
        channel_id="general",
        given_by="tests",
        expires_at=timezone.now() + timedelta(days=1),
    )
    page = desk()
    for shown in ("u1", "#general", "<mark", "Harassment 0.75", "1 of 3 strikes", "Flag"):
        assert shown in page


def test_hostile_text_is_shown_as_text(desk, project):
    factories.make_item(project, HOSTILE, user_id="<script>u</script>")
    page = desk()
    assert "<img src=x" not in page
    assert "<script>u" not in page
    assert "&lt;script&gt;u" in page


def test_an_item_that_another_holds_says_who(desk, item, noor):
    claims.claim(item.pk, noor, now=timezone.now())
    page = desk()
    assert "data-held" in page
    assert '<span class="truncate">noor</span>' in page


def test_the_same_text_is_counted_and_leads_to_its_like(desk, project, item):
    twin = factories.make_item(project, item.log.content, user_id="u2")
    near = factories.make_item(project, f"{item.log.content.upper()}!", user_id="u3")
    assert desk().count("2 more like it") == 3
    assert set(ids_in(desk(f"?same={item.log.content_hash}"))) == {str(item.pk), str(twin.pk)}
    like = {str(one.pk) for one in (item, twin, near)}
    assert set(ids_in(desk(f"?near={item.log.copy_hash}"))) == like


# --- Lanes


def test_reported_content_leaves_held_for_reported(desk, item, noor):
    assert ids_in(desk("?lane=held")) == [str(item.pk)]
    report(noor.project, NewReport("m1", "u9", "rude"), now=timezone.now())
    assert ids_in(desk("?lane=held")) == []
    assert ids_in(desk("?lane=reported")) == [str(item.pk)]


def test_high_severity_is_urgent(desk, project, item):
    high = factories.make_item(project, factories.BLOCKED)
    assert ids_in(desk("?lane=urgent")) == [str(high.pk)]


def test_what_was_passed_on_is_escalated_and_no_longer_held(desk, item, noor):
    rule(item, noor, "escalate")
    assert ids_in(desk("?lane=escalated")) == [str(item.pk)]
    assert ids_in(desk("?lane=held")) == []


def test_mine_is_what_i_hold(signed_in, item, noor):
    claims.claim(item.pk, noor, now=timezone.now())
    other = signed_in("moderator").get("/p/forum/queue?lane=mine").content.decode()
    assert ids_in(other) == []


def test_done_names_who_decided_what(desk, item, noor):
    rule(item, noor, "reject", reason_code="insult")
    page = desk("?lane=done")
    assert "Rejected, insult, by noor" in page
    assert ids_in(desk("?lane=done&by=me")) == []


def test_what_an_edit_made_needless_is_done_and_cannot_be_selected(desk, project, item):
    factories.make_log(project, "Hello there", user_id="u1", message_id="m1")
    page = desk("?lane=done")
    assert "Edited since, needs no decision" in page
    assert 'type="checkbox" name="id"' not in page


def test_a_lane_past_its_target_says_so(desk, project):
    old = timezone.now() - timedelta(hours=5)
    factories.make_item(project, now=old)
    page = desk()
    held = page[page.index('id="lane-held"') :]
    assert "past target" in held[: held.index("</a>")]


# --- Filters and orders


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("severity=medium", 1),
        ("severity=low", 0),
        ("category=harassment", 1),
        ("category=threat", 0),
        ("language=en", 1),
        ("language=es", 0),
        ("channel=general", 1),
        ("author=u1", 1),
        ("author=u2", 0),
        ("source=engine", 1),
        ("source=report", 0),
        ("claimed=nobody", 1),
        ("claimed=me", 0),
        ("claimed=others", 0),
        ("verdict=flag", 1),
        ("verdict=block", 0),
        ("text=IDIOT", 1),
        ("text=100%25", 0),
    ],
)
def test_a_filter_leaves_what_fits(desk, item, query, found):
    assert len(ids_in(desk(f"?{query}"))) == found


@pytest.mark.parametrize(
    "query",
    [
        "lane=fast",
        "sort=best",
        "severity=mild",
        "claimed=zoe",
        "text=%00",
        "by=me",
        "author=" + 201 * "a",
    ],
)
def test_what_is_not_understood_is_left_out_and_told(desk, item, query):
    page = desk(f"?{query}")
    assert ids_in(page) == [str(item.pk)]
    assert f"Ignored invalid filters: {query.split('=')[0]}." in page


def test_a_filter_in_force_has_a_way_out(desk, item):
    page = desk("?lane=held&author=u1")
    assert 'href="/p/forum/queue?lane=held" aria-label="Remove the filter Author"' in page


@pytest.mark.parametrize(
    ("sort", "first"), [("oldest", 0), ("newest", 2), ("reported", 1), ("urgent", 1)]
)
def test_each_order_begins_with_its_own(desk, project, sort, first):
    now = timezone.now()
    items = [factories.make_item(project, now=now - timedelta(minutes=9 - n)) for n in range(3)]
    ReviewItem.objects.filter(pk=items[1].pk).update(report_count=3, priority=items[1].priority + 9)
    assert ids_in(desk(f"?sort={sort}"))[0] == str(items[first].pk)


@pytest.mark.parametrize("sort", ["urgent", "oldest", "newest", "reported"])
def test_pages_by_cursor_show_each_item_once(desk, project, sort):
    for _ in range(PAGE + 3):
        factories.make_item(project)
    first = desk(f"?sort={sort}")
    cursor = first.split("after=")[1].split('"')[0]
    second = desk(f"?sort={sort}&after={cursor}")
    assert (len(ids_in(first)), len(ids_in(second))) == (PAGE, 3)
    assert not set(ids_in(first)) & set(ids_in(second))


@pytest.mark.parametrize("cursor", ["x", "nan~x", "1~2", "1e999~" + 32 * "0", "~"])
def test_a_forged_cursor_begins_at_the_top(desk, item, cursor):
    assert ids_in(desk(f"?after={cursor}")) == [str(item.pk)]


def test_htmx_gets_the_following_rows_alone(desk, item):
    page = desk("", **{"HX-Request": "true"})
    assert ids_in(page) == [str(item.pk)]
    assert "<html" not in page


# --- New items


def test_lanes_say_how_many_of_the_named_are_new_here(signed_in, item):
    client = signed_in("moderator")
    asked = f"ids={item.pk},nonsense"
    held = client.get(f"/p/forum/queue/lanes?lane=held&{asked}").content.decode()
    urgent = client.get(f"/p/forum/queue/lanes?lane=urgent&{asked}").content.decode()
    assert ('data-new="1"' in held, 'data-new="0"' in urgent) == (True, True)


def test_new_rows_are_those_of_this_list(signed_in, project, item):
    other = factories.make_item(project, user_id="u2")
    path = f"/p/forum/queue/new?author=u2&ids={item.pk},{other.pk}"
    page = signed_in("moderator").get(path).content.decode()
    assert ids_in(page) == [str(other.pk)]


def test_an_older_item_beyond_what_is_loaded_is_not_new(signed_in, project):
    now = timezone.now()
    loaded = factories.make_item(project, now=now - timedelta(hours=2))
    beyond = factories.make_item(project, now=now - timedelta(hours=1))
    query = {
        "ids": str(beyond.pk),
        "after": f"{loaded.priority}~{loaded.pk}",
        "since": now.isoformat(),
    }
    page = signed_in("moderator").get("/p/forum/queue/new", query).content.decode()
    assert ids_in(page) == []


# --- States


def test_a_project_without_a_message_is_told_how_to_send_one(desk, project):
    page = desk()
    assert "curl -s http://testserver/api/v1/moderation/check" in page


def test_an_empty_lane_says_since_when_and_where_else_something_waits(desk, project, item, noor):
    rule(factories.make_item(project), noor, "approve")
    page = desk("?lane=urgent")
    assert "No open items in Urgent" in page
    assert "by noor" in page
    assert "Go to Held, 1" in page


def test_filters_without_a_hit_offer_to_go(desk, item):
    assert "No matching items" in desk("?author=nobody")


# --- Cost


def test_the_page_costs_the_same_queries_with_many_rows(
    desk, project, item, django_assert_max_num_queries, django_assert_num_queries, lasting_caches
):
    desk()
    with django_assert_max_num_queries(20) as few:
        desk()
    for _ in range(12):
        factories.make_item(project)
    with django_assert_num_queries(len(few)):
        desk()


def test_an_escalated_item_is_in_the_admins_list_and_out_of_the_moderators(
    desk, browser_of, ada, item, noor
):
    rule(item, noor, "escalate")
    assert ids_in(desk()) == []
    assert "No open items" in desk()
    page = browser_of(ada).get("/p/forum/queue").content.decode()
    assert ids_in(page) == [str(item.pk)]
