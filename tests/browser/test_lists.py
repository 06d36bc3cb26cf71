"""Long lists and the menus in them: nothing moves under the cursor, and the place is kept."""

import pytest

from tests.browser.test_every_page import overflow
from tests.browser.test_queue import check

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.standalone]


@pytest.fixture
def call(site):
    return site.call


def test_the_menu_of_a_message_opens_where_it_is_and_closes_there(visit, call):
    check(call, "menu-0", "hello there", channel_id="menu")
    review_id = check(call, "menu-1", channel_id="menu")
    with visit("noor") as page:
        page.goto(f"/p/arena/queue/{review_id}")
        page.locator("#item .claim-mine").wait_for()
        menu = page.locator("#item [data-panel=original]").get_by_label("Act on the message by")
        before = menu.bounding_box()
        menu.click()
        page.get_by_role("button", name="Put into the queue").wait_for()
        assert menu.bounding_box() == before
        page.mouse.click(before["x"] + 2, before["y"] + 2)
        page.get_by_role("button", name="Put into the queue").wait_for(state="hidden")
        assert overflow(page) == 0


def test_older_rows_get_the_focus_and_the_address_remembers_them(visit, call):
    many = [
        {"message_id": f"old-{n}", "user_id": "old", "channel_id": "old", "content": f"line {n}"}
        for n in range(60)
    ]
    call("moderation/check/batch", {"messages": many})
    with visit("noor") as page:
        page.goto("/p/arena/content?user_id=old")
        rows = page.locator("#content-rows tr[data-content-id]")
        first_page = rows.count()
        page.get_by_role("link", name="Show older").focus()
        page.keyboard.press("Enter")
        rows.nth(first_page).wait_for()
        assert rows.nth(first_page).locator(":focus").count() == 1
        page.wait_for_url("**before=*")
        page.keyboard.press("Enter")
        page.wait_for_url("**/content/*")
        page.go_back()
        assert rows.first.inner_text()
        assert "before=" in page.url


@pytest.mark.parametrize("path", ["/p/arena/queue?lane=held", "/p/arena/insights"])
def test_nothing_scrolls_sideways_on_the_narrowest_screen(visit, path):
    with visit("noor") as page:
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(path)
        page.wait_for_load_state("networkidle")
        right = "[...document.querySelectorAll('.listline button, .card')]"
        assert page.evaluate(f"{right}.every(e => e.getBoundingClientRect().right <= 320)")
        assert overflow(page) == 0


def test_at_two_hundred_per_cent_the_message_stands_above_the_actions(visit, call):
    for number in range(2):
        check(call, f"zoom-{number}", "hello there", channel_id="zoom")
    review_id = check(call, "zoom-2", channel_id="zoom")
    with visit("noor") as page:
        page.set_viewport_size({"width": 720, "height": 450})
        page.goto(f"/p/arena/queue/{review_id}")
        page.locator("#item .claim-mine").wait_for()
        text, actions = (
            page.locator(f"#item {one}").bounding_box() for one in (".judged", ".dock")
        )
        assert text["y"] + text["height"] < actions["y"]


def test_a_page_that_expired_says_so_and_keeps_the_item(visit, call, site):
    review_id = check(call, "expired-1", channel_id="expired")
    with visit("noor") as page:
        page.goto(f"/p/arena/queue/{review_id}")
        page.locator("#item .claim-mine").wait_for()
        # An answer that is still on its way would bring the form's cookie back: the decision would
        # then be led to the sign-in page.
        page.wait_for_load_state("networkidle")
        page.context.clear_cookies()
        page.keyboard.press("d")
        page.locator(".toast").get_by_text("This page has expired").wait_for()
        # A new item lets the page refresh by itself, which finds that nobody is signed in.
        check(call, "expired-2", channel_id="expired")
        page.locator(".toast").get_by_text("You were signed out").wait_for()
        assert page.locator(".brand").count() == 1
        assert page.locator("#item .item-head").get_attribute("data-review") == review_id
    site.complaints[:] = [said for said in site.complaints if "40" not in said]


def test_whoever_signed_out_in_another_tab_is_led_to_signing_in(visit):
    with visit("vera") as page:
        page.goto("/p/arena/queue")
        page.locator(".pill[data-connection=online]").wait_for()
        other = page.context.new_page()
        other.goto("/p/arena/live")
        other.evaluate("document.querySelector('form[action*=logout]').requestSubmit()")
        page.locator(".pill").get_by_text("Signed out", exact=True).wait_for()
        link = page.locator(".toast").get_by_role("link", name="Sign in")
        assert link.get_attribute("href") == "/login?next=%2Fp%2Farena%2Fqueue"
