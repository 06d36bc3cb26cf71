"""The queue: keys, what other moderators do, several items at once."""

import pytest

from tests.browser.conftest import READ_MS, intercept_from_start, wait_for_first
from tests.browser.test_every_page import RULES, barriers, overflow

pytestmark = [pytest.mark.browser, pytest.mark.standalone]
CHOSEN = "document.activeElement.closest('.qrow')?.dataset.reviewId"
IDS = "[...document.querySelectorAll('#rows > li')].map(row => row.dataset.reviewId)"

HEAD = "#item .item-head"


@pytest.fixture
def call(site):
    """Return a function that calls the API as an app would, while the browser looks on."""
    return site.call


@pytest.fixture
def desk(visit):
    """The queue, live, as noor sees it."""
    with visit("noor") as page:
        intercept_from_start(page)
        page.goto("/p/arena/queue")
        page.wait_for_selector(".pill[data-connection=online]")
        yield page


def check(call, message_id, content="what an idiot you are", channel_id="general"):
    sent = {"message_id": message_id, "user_id": message_id, "channel_id": channel_id}
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
    assert desk.evaluate(CHOSEN) == new
    shown = desk.evaluate(IDS)
    assert [shown_id for shown_id in shown if shown_id != new] == before
    desk.reload()
    assert desk.evaluate(IDS) == shown


@pytest.mark.slow
def test_an_urgent_item_that_waits_stays_above_a_new_one(visit, call):
    urgent = check(call, "waits-1", channel_id="merge")
    for reporter in ("r1", "r2", "r3"):
        sent = {"message_id": "waits-1", "reporter_id": reporter, "reason": "insult"}
        call("reports", sent)
    with visit("noor") as page:
        page.goto("/p/arena/queue?channel=merge")
        page.wait_for_selector(".pill[data-connection=online]")
        new = check(call, "waits-2", channel_id="merge")
        page.get_by_role("button", name="Show 1 new").click()
        page.wait_for_selector(row(new))
        assert page.evaluate(IDS) == [urgent, new]


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


@pytest.mark.slow
def test_undo_brings_a_row_back_to_its_place_and_the_walk_goes_on_from_there(visit, call):
    first, second, third = [check(call, f"place-{at}", channel_id="place") for at in range(3)]
    with visit("noor") as page:
        page.goto("/p/arena/queue?channel=place&sort=oldest")
        page.clock.install()
        page.locator(f"{row(second)} .qrow-text").click()
        page.get_by_role("button", name="Release").wait_for()
        page.keyboard.press("a")
        page.wait_for_selector(f"{HEAD}:not([inert])[data-review='{third}']")
        page.keyboard.press("u")
        page.wait_for_selector(f"{row(second)}[aria-current=true]")
        assert page.evaluate(IDS) == [first, second, third]
        page.get_by_role("button", name="Release").wait_for()
        page.clock.fast_forward(READ_MS)
        page.keyboard.press("s")
        page.wait_for_selector(f"{HEAD}:not([inert])[data-review='{third}']")


def test_two_presses_in_quick_succession_decide_one_item(visit, call):
    first, second, third = [check(call, f"twice-{at}", channel_id="twice") for at in range(3)]
    with visit("noor") as page:
        page.goto("/p/arena/queue?channel=twice&sort=oldest")
        page.clock.install()
        page.locator(f"{row(first)} .qrow-text").click()
        page.get_by_role("button", name="Release").wait_for()
        page.clock.pause_at(page.evaluate("Date.now() + 1000"))
        page.keyboard.press("a")
        page.keyboard.press("a")
        page.clock.resume()
        page.wait_for_selector(f"{HEAD}:not([inert])[data-review='{second}']")
        page.clock.fast_forward(READ_MS)
        page.keyboard.press("a")
        page.wait_for_selector(f"{HEAD}:not([inert])[data-review='{third}']")
        assert page.evaluate(IDS) == [third]


@pytest.mark.slow
def test_undo_names_the_message_and_stands_in_no_other_items_head(visit, call):
    first, second = [
        check(call, f"names-{at}", f"{at} shut up idiot", channel_id="names") for at in range(2)
    ]
    with visit("noor") as page:
        page.goto("/p/arena/queue?channel=names&sort=oldest")
        page.locator(f"{row(first)} .qrow-text").click()
        page.get_by_role("button", name="Release").wait_for()
        page.keyboard.press("a")
        page.wait_for_selector(f"{HEAD}:not([inert])[data-review='{second}']")
        assert "0 shut up" in page.inner_text("#undo")
        page.goto(f"/p/arena/queue/{second}?channel=names&sort=oldest")
        assert page.locator(f"{HEAD} >> text=Undo").count() == 0
        assert "0 shut up" in page.inner_text("#last-decision")
        page.keyboard.press("u")
        page.wait_for_selector(f"{HEAD}[data-review='{first}']")


@pytest.mark.slow
def test_taking_over_moves_the_claim_and_tells_the_other_at_once(visit, call):
    review_id = check(call, "taken-1")
    with visit("noor") as page, visit("omar") as other:
        page.goto(f"/p/arena/queue/{review_id}")
        page.locator("#item .claim-mine").wait_for()
        page.wait_for_selector(".pill[data-connection=online]")
        other.goto(f"/p/arena/queue/{review_id}")
        other.keyboard.press("c")
        other.locator("#item .claim-mine").wait_for()
        page.locator("#item .news").get_by_text("omar took over this item.").wait_for()
        page.get_by_role("button", name="Take over").wait_for()
        assert page.locator("#item .claim-mine").count() == 0


@pytest.mark.slow
def test_o_opens_the_author_and_a_note_stays(visit, call):
    review_id = check(call, "drawer-1")
    with visit("noor") as page:
        page.goto(f"/p/arena/queue/{review_id}")
        page.locator("#item .claim-mine").wait_for()
        page.keyboard.press("o")
        drawer = page.get_by_role("dialog", name="drawer-1")
        drawer.get_by_role("heading", name="Latest messages").wait_for()
        assert barriers(page, RULES) == []
        drawer.get_by_label("Add a note").fill("Asked twice already")
        drawer.get_by_role("button", name="Add note").click()
        drawer.get_by_text("Asked twice already").wait_for()
        page.keyboard.press("Escape")
        drawer.wait_for(state="hidden")


def test_an_appeal_has_a_chip_and_a_key_of_its_own_and_the_walk_passes_it(visit, site):
    with visit("ada") as page:
        page.goto("/p/arena/queue?lane=appeals")
        appeal = page.locator("#rows > [data-appeal]")
        appeal.get_by_text("Appeal", exact=True).wait_for()
        appeal.locator(".qrow-text").click()
        page.get_by_role("link", name="Answer the appeal").wait_for()
        page.keyboard.press("a")
        assert "/queue/" in page.url
        page.keyboard.press("w")
        page.wait_for_url(f"**/appeals/{site.facts['appeal_id']}")


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

    desk.clock.install()
    desk.route("**/decide", hold_the_first)
    desk.keyboard.press("d")
    desk.wait_for_selector(f"{HEAD}[inert][data-review='{opened[1]}']")
    wait_for_first(desk, held)
    desk.clock.fast_forward(READ_MS)
    desk.keyboard.press("d")
    assert len(held) == 1
    held[0].continue_()
    for review_id in opened:
        desk.wait_for_selector(row(review_id), state="detached")
    desk.wait_for_selector(f"{HEAD}:not([inert])")
    assert desk.locator(HEAD).count() == 1


@pytest.mark.slow
def test_a_refused_decision_brings_the_item_back_from_under_the_next_one(desk, opened, call, site):
    def decided_first(route):
        call(f"reviews/{opened[0]}/decide", {"decision": "dismiss", "take_over": True})
        route.continue_()

    desk.route("**/decide", decided_first)
    desk.keyboard.press("d")
    desk.get_by_role("heading", name="Already decided").wait_for()
    assert desk.get_attribute(HEAD, "data-review") == opened[0]
    assert desk.locator("#item [inert]").count() == 0
    site.complaints[:] = [said for said in site.complaints if "409" not in said]


@pytest.mark.slow
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


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
@pytest.mark.parametrize("size", ["wide", pytest.param("phone", marks=pytest.mark.slow)])
def test_selected_items_are_previewed_ruled_and_taken_back(visit, theme, size):
    with visit("noor", theme=theme, size=size, reduced_motion="reduce") as page:
        page.goto("/p/arena/queue?channel=general")
        for box in page.locator("#rows .check input").all()[:2]:
            box.check()
        assert barriers(page, RULES) == []
        page.get_by_role("button", name="Dismiss…").click()
        page.get_by_role("heading", name="Dismiss 2 items?").wait_for()
        assert barriers(page, RULES) == []
        page.get_by_role("button", name="Dismiss selected").click()
        page.get_by_role("heading", name="2 of 2 dismissed").wait_for()
        assert barriers(page, RULES) == []
        assert overflow(page) == 0
        page.get_by_role("button", name="Undo all 2").click()
        page.get_by_role("heading", name="2 of 2 undone").wait_for()
