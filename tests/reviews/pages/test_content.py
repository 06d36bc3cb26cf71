"""The content list and its entries."""

from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moderation.lib.paging import page_of
from tests.factories import CLEAN, FLAGGED, make_item, make_log, make_project

PAGE = "/p/forum/content"
HOSTILE = '<img src=x onerror=alert(1)> "\u202eidiot\u202c" ' + "x" * 9_900


def shown(client, query=""):
    return client.get(f"{PAGE}{query}").content.decode()


def test_content_is_listed_with_its_marks(project, signed_in):
    log = make_log(project, FLAGGED)
    text = shown(signed_in("viewer"))
    assert f'data-content-id="{log.pk}"' in text
    assert "<mark" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?verdict=flag", True),
        ("?verdict=allow", False),
        ("?search=IDIOT", True),
        ("?category=harassment", True),
        ("?category=spam", False),
        ("?user_id=ana", True),
        ("?user_id=an", False),
        ("?reviewed=false", True),
        ("?reviewed=true", False),
        ("?has_pii=true", False),
        ("?created_after=2999-01-01", False),
        ("?status=flagged&severity=medium&language=en&channel_id=general", True),
    ],
)
def test_filters_find_what_they_say(project, signed_in, query, found):
    log = make_log(project, FLAGGED, user_id="ana")
    assert (f'data-content-id="{log.pk}"' in shown(signed_in(), query)) is found


@pytest.mark.parametrize("query", ["?verdict=nonsense", "?created_after=soon"])
def test_a_filter_that_is_not_understood_is_told(project, signed_in, query):
    make_log(project)
    answer = signed_in().get(f"{PAGE}{query}")
    assert answer.status_code == 422


def test_a_nul_in_a_filter_finds_what_is_without_it(project, signed_in):
    make_log(project, FLAGGED)
    assert "data-content-id" in shown(signed_in(), "?search=idi%00ot")


def test_older_pages_follow_without_gap_or_repeat(project, signed_in, monkeypatch):
    monkeypatch.setitem(page_of.__kwdefaults__, "size", 2)
    logs = [make_log(project, f"{CLEAN} {number}") for number in range(5)]
    client, seen, address = signed_in(), [], PAGE
    for _ in range(3):
        page = client.get(address).context["page"]
        seen += [log.pk for log in page.rows]
        address = f"{PAGE}?before={quote(page.older)}"
    assert seen == [log.pk for log in reversed(logs)]
    assert page.older == ""


def test_an_empty_project_says_what_comes_here(signed_in):
    assert "No messages yet" in shown(signed_in())


def test_another_projects_content_is_not_there(project, signed_in):
    log = make_log(make_project("elsewhere"), FLAGGED)
    client = signed_in()
    assert str(log.pk) not in shown(client)
    assert client.get(f"{PAGE}/{log.pk}").status_code == 404


@pytest.mark.parametrize("path", ["", "/{log}", "/{log}?reveal=1"])
def test_hostile_content_is_shown_as_text(project, signed_in, path):
    log = make_log(project, HOSTILE, user_id="<script>alert(1)</script>")
    text = signed_in().get(PAGE + path.format(log=log.pk)).content.decode()
    assert "<img src=x" not in text
    assert "<script>alert" not in text
    assert "&lt;img src=x" in text


@pytest.mark.usefixtures("lasting_caches")
def test_the_list_asks_as_many_queries_for_many_rows(project, signed_in, django_assert_num_queries):
    client = signed_in()
    make_log(project, FLAGGED)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for number in range(9):
        make_log(project, f"{FLAGGED} {number}")
    with django_assert_num_queries(len(few)):
        client.get(PAGE)


def test_an_entry_tells_what_was_found_and_what_the_author_read(project, signed_in):
    item = make_item(project)
    text = signed_in("viewer").get(f"{PAGE}/{item.log_id}").content.decode()
    assert "Your message awaits review." in text
    assert f"/p/forum/queue/{item.pk}" in text
    assert "Harassment" in text


def test_severe_words_are_covered_until_they_are_asked_for(project, signed_in):
    log = make_log(project, "I will kill you")
    client = signed_in()
    assert 'class="veil"' in client.get(f"{PAGE}/{log.pk}").content.decode()
    assert (
        'class="veil" type="button"' not in client.get(f"{PAGE}/{log.pk}?reveal=1").content.decode()
    )


@pytest.mark.parametrize(
    ("query", "chip"),
    [
        ("?verdict=flag", "marcado"),
        ("?reviewed=false", "no"),
        ("?has_pii=true", "sí"),
        ("?user_id=ana_b", "ana b"),
    ],
)
def test_a_chip_says_its_filter_in_the_pages_language(project, signed_in, query, chip):
    make_log(project, FLAGGED)
    page = signed_in().get(f"{PAGE}{query}", headers={"Accept-Language": "es"})
    assert f'<b dir="auto">{chip}</b>' in page.content.decode()


def test_a_filter_for_yes_or_no_begins_with_any(project, signed_in):
    text = shown(signed_in())
    assert '<option value="unknown" selected>any</option>' in text
    assert 'name="reviewed" class="select"' in text
