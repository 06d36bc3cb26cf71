"""What a moderator typed but did not send stays with its item, whatever happens to that item."""

import re

import pytest

from tests.browser.conftest import intercept_from_start
from tests.browser.test_desk import HEAD, wait_for_another
from tests.browser.test_queue import check

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.standalone]
FOCUS = "document.activeElement.id"
NOTE = "document.getElementById('note-text').value"


@pytest.fixture
def call(site):
    return site.call


@pytest.fixture
def item(visit, call, request):
    """Return a function: noor's page with a new item open, ours and live; and the item's id."""
    name = request.node.name[-40:]
    others = [check(call, f"{name}-{number}", channel_id=name) for number in range(3)]

    def open_item(page):
        page.goto(f"/p/arena/queue/{others[0]}?channel={name}&sort=oldest")
        page.locator("#item .claim-mine").wait_for()
        page.locator("[data-connection=online]").first.wait_for()
        return others[0]

    return open_item


def take(page, address):
    """Take over somebody else's item."""
    page.goto(address)
    page.keyboard.press("c")
    page.locator("#item .claim-mine").wait_for()


def jot(page, text="an important observation"):
    page.keyboard.press("n")
    page.keyboard.type(text)


def test_an_item_that_a_colleague_takes_and_decides_says_so_at_once_and_keeps_the_note(visit, item):
    with visit("noor") as page, visit("omar") as other:
        review_id = item(page)
        jot(page)
        take(other, page.url)
        page.get_by_role("button", name="Take over").wait_for()
        assert page.locator("#item .claim-mine").count() == 0
        assert page.locator("#item .dock [data-verb]").count() == 0
        assert page.evaluate(FOCUS) == "note-text"
        page.keyboard.type(", twice")
        other.keyboard.press("d")
        told = page.locator("#item .dock").get_by_text("Dismissed by omar")
        told.wait_for()
        assert told.count() == 1
        assert page.input_value("#note-text") == "an important observation, twice"
        assert "Decided by omar: dismissed." in page.inner_text("#item .news")
        assert page.locator("#item .news").count() == 1
        assert page.locator(".toast").count() == 0
        page.keyboard.press("Escape")
        page.locator("#rows .qrow-text").first.click()
        wait_for_another(page, review_id)
        assert page.locator(".news").count() == 0


def test_an_item_that_was_taken_shows_the_decision_of_whoever_took_it(visit, item):
    with visit("noor") as page, visit("omar") as other:
        item(page)
        take(other, page.url)
        page.get_by_role("button", name="Take over").wait_for()
        other.keyboard.press("d")
        page.locator("#item .dock").get_by_text("Dismissed by omar").wait_for()


def test_a_note_survives_the_conflict_with_a_faster_colleague(visit, call, item, site):
    with visit("noor") as page:
        intercept_from_start(page)
        review_id = item(page)
        jot(page)
        page.keyboard.press("Escape")

        def decided_first(route):
            call(f"reviews/{review_id}/decide", {"decision": "dismiss", "take_over": True})
            route.continue_()

        page.route("**/decide", decided_first)
        page.keyboard.press("a")
        # The colleague's decision may come by the socket before the refusal does.
        told = page.locator("#item").get_by_text(re.compile("Already decided|^Decided by"))
        told.first.wait_for()
        assert page.input_value("#note-text") == "an important observation"
        site.complaints[:] = [said for said in site.complaints if "409" not in said]


def test_a_note_that_was_not_sent_comes_back_with_undo_and_with_back(visit, item):
    with visit("noor") as page:
        first = item(page)
        jot(page)
        page.keyboard.press("Escape")
        page.keyboard.press("d")
        second = wait_for_another(page, first)
        assert page.input_value("#note-text") == ""
        page.get_by_text("Your note was not sent").wait_for()
        page.keyboard.press("u")
        page.locator(f"{HEAD}[data-review='{first}']").wait_for()
        assert page.input_value("#note-text") == "an important observation"
        page.locator("#item .claim-mine").wait_for()
        page.wait_for_timeout(300)
        page.keyboard.press("s")
        wait_for_another(page, first)
        page.wait_for_url(f"**/{second}?*")
        page.go_back()
        page.locator(f"{HEAD}[data-review='{first}']").wait_for()
        page.wait_for_function(f"() => {NOTE} === 'an important observation'")


def test_a_note_that_was_sent_does_not_come_back(visit, item):
    with visit("noor") as page:
        first = item(page)
        jot(page)
        page.keyboard.press("Control+Enter")
        page.locator("#notes .note-text").wait_for()
        page.reload()
        page.locator(f"{HEAD}[data-review='{first}']").wait_for()
        page.locator("#item .claim-mine").wait_for()
        assert page.input_value("#note-text") == ""


def test_escape_leaves_the_field_that_asks_why(visit, item):
    with visit("noor") as page:
        first = item(page)
        page.keyboard.press("e")
        wait_for_another(page, first)
        page.locator("#undo-why").wait_for()
        page.keyboard.press("y")
        assert page.evaluate(FOCUS) == "undo-why"
        page.keyboard.type("so")
        page.keyboard.press("Escape")
        assert page.evaluate(FOCUS) == "item-title"
        page.keyboard.press("u")
        page.locator(f"{HEAD}[data-review='{first}']").wait_for()
