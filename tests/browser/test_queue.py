"""The queue under a moderator's hands: keys, what others do, several items at once."""

import json
import urllib.request

import pytest

from tests.browser.test_every_page import RULES, barriers, overflow

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.standalone]
CHOSEN = "document.activeElement.closest('.qrow')?.dataset.reviewId"
IDS = "[...document.querySelectorAll('#rows > li')].map(row => row.dataset.reviewId)"

HEAD = "#item .item-head"


@pytest.fixture
def call(site):
    """Return a function that calls the API as an app would, while the browser looks on."""

    def post(path, body):
        headers = {"X-API-Key": site.facts["key"], "Content-Type": "application/json"}
        asked = urllib.request.Request(
            f"{site.url}/api/v1/{path}", json.dumps(body).encode(), headers
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.load(answer)

    return post


@pytest.fixture
def desk(visit):
    """The queue, live, as noor sees it."""
    with visit("noor") as page:
        page.goto("/p/arena/queue")
        page.wait_for_selector(".pill[data-connection=online]")
        yield page


def check(call, message_id, content="what an idiot you are"):
    sent = {"message_id": message_id, "user_id": message_id, "channel_id": "general"}
    return call("moderation/check", {**sent, "content": content})["review_id"]


def row(review_id):
    return f"#rows > [data-review-id='{review_id}']"


def test_j_and_k_move_in_the_list_and_enter_opens(desk):
    ids = desk.evaluate(IDS)
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    assert desk.evaluate(CHOSEN) == ids[1]
    desk.keyboard.press("k")
    assert desk.evaluate(CHOSEN) == ids[0]
    desk.keyboard.press("Enter")
    desk.wait_for_selector(f"{row(ids[0])}[aria-current=true]")
    assert desk.url.endswith(ids[0])


def test_new_items_wait_behind_a_bar_until_asked_for(desk, call):
    before = desk.evaluate(IDS)
    new = check(call, "late-1")
    desk.get_by_role("button", name="Show 1 new").wait_for()
    assert desk.evaluate(IDS) == before
    desk.keyboard.press(".")
    desk.wait_for_selector(row(new))
    assert desk.evaluate(IDS) == [new, *before]
    assert desk.evaluate(CHOSEN) == new


def test_what_another_claims_and_decides_shows_at_once(desk, call):
    review_id = check(call, "elsewhere-1")
    desk.get_by_role("button", name="Show 1 new").click()
    claimed = desk.locator(f"{row(review_id)} [data-claim]")
    call(f"reviews/{review_id}/claim", {})
    claimed.get_by_text("app", exact=True).wait_for()
    call(f"reviews/{review_id}/decide", {"decision": "dismiss"})
    desk.wait_for_selector(row(review_id), state="detached")
    assert "app: dismissed" in desk.inner_text("#left-note")


def test_a_decision_by_key_leads_to_the_next_item_and_undo_brings_the_row_back(desk):
    ids = desk.evaluate(IDS)
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(f"{row(ids[0])}[aria-current=true]")
    desk.get_by_role("button", name="Release").wait_for()
    desk.keyboard.press("a")
    desk.wait_for_selector(row(ids[0]), state="detached")
    desk.wait_for_selector(f"{row(ids[1])}[aria-current=true]")
    desk.get_by_role("button", name="Undo").wait_for()
    desk.keyboard.press("u")
    desk.wait_for_selector(f"{row(ids[0])}[aria-current=true]")
    assert desk.get_attribute(HEAD, "data-review") == ids[0]


@pytest.fixture
def opened(desk, call, request):
    """The newest of two items is open and ours, and the one after it was fetched already."""
    name = request.node.name
    following, first = check(call, f"{name}-2"), check(call, f"{name}-1")
    desk.goto("/p/arena/queue?sort=newest")
    with desk.expect_response(lambda answer: answer.url.split("?")[0].endswith(following)):
        desk.locator(f"{row(first)} .qrow-text").click()
    desk.get_by_role("button", name="Release").wait_for()
    return first, following


def test_the_next_item_shows_before_the_answer_and_a_key_waits_until_it_is_ours(desk, opened):
    held = []

    def hold_the_first(route):
        held.append(route)
        if len(held) > 1:
            route.continue_()

    desk.route("**/decide", hold_the_first)
    desk.keyboard.press("d")
    desk.wait_for_selector(f"{HEAD}[inert][data-review='{opened[1]}']")
    desk.keyboard.press("d")
    assert len(held) == 1
    held[0].continue_()
    for review_id in opened:
        desk.wait_for_selector(row(review_id), state="detached")
    desk.wait_for_selector(f"{HEAD}:not([inert])")
    assert desk.locator(HEAD).count() == 1


def test_a_refused_decision_brings_the_item_back_from_under_the_next_one(desk, opened, call, site):
    def decided_first(route):
        call(f"reviews/{opened[0]}/decide", {"decision": "dismiss", "take_over": True})
        route.continue_()

    desk.route("**/decide", decided_first)
    desk.keyboard.press("d")
    desk.get_by_role("heading", name="Decided by somebody else").wait_for()
    assert desk.get_attribute(HEAD, "data-review") == opened[0]
    assert desk.locator("#item [inert]").count() == 0
    site.complaints[:] = [said for said in site.complaints if "409" not in said]


def test_a_decision_that_never_left_brings_the_item_back(desk, opened, site):
    desk.route("**/decide", lambda route: route.abort())
    desk.keyboard.press("e")
    desk.get_by_text("No connection: nothing was sent").wait_for()
    assert desk.locator(HEAD).count() == 1
    assert desk.get_attribute(HEAD, "data-review") == opened[0]
    assert desk.locator("#item .dock").is_visible()
    site.complaints.clear()
    desk.unroute("**/decide")
    desk.keyboard.press("e")
    desk.wait_for_selector(f"{HEAD}:not([inert])[data-review='{opened[1]}']")


def test_showing_more_appends_each_row_once(visit, call):
    many = [
        {
            "message_id": f"many-{number}",
            "user_id": f"many-{number}",
            "channel_id": "many",
            "content": f"what an idiot you are, {number}",
        }
        for number in range(55)
    ]
    call("moderation/check/batch", {"messages": many})
    with visit("noor") as page:
        page.goto("/p/arena/queue?channel=many")
        page.get_by_role("link", name="Show more").click()
        page.wait_for_selector("#rows > [data-review-id]:nth-child(55)")
        assert len(set(page.evaluate(IDS))) == 55


def test_keys_rest_while_one_types(desk):
    desk.keyboard.press("/")
    desk.keyboard.type("j.x")
    assert desk.input_value("#filter-text") == "j.x"
    assert desk.evaluate(CHOSEN) is None


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "phone"])
def test_selected_items_are_previewed_ruled_and_taken_back(visit, theme, size):
    with visit("noor", theme=theme, size=size, reduced_motion="reduce") as page:
        page.goto("/p/arena/queue?channel=general")
        for box in page.locator("#rows .check input").all()[:2]:
            box.check()
        assert barriers(page, RULES) == []
        page.get_by_role("button", name="Dismiss…").click()
        page.get_by_role("heading", name="Dismiss 2 items?").wait_for()
        assert barriers(page, RULES) == []
        page.get_by_role("button", name="Dismiss the ticked").click()
        page.get_by_role("heading", name="2 of 2 dismissed").wait_for()
        assert barriers(page, RULES) == []
        assert overflow(page) == 0
        page.get_by_role("button", name="Undo all 2").click()
        page.get_by_role("heading", name="2 of 2 taken back").wait_for()
