"""A moderator's shift, where no other file plays it: a raid, a conversation, a phone's feed."""

import pytest

from tests.browser.test_phone import PHONE
from tests.browser.test_queue import CHOSEN, check, row

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.standalone]
LONG = "a quiet story of a long walk that nobody needs to cut short, told to the end"


@pytest.fixture
def call(site):
    return site.call


def test_the_bar_tells_at_once_who_claimed_a_selected_item(visit, call):
    ids = [check(call, f"raid-{number}", channel_id="raid") for number in range(3)]
    with visit("noor") as page:
        page.goto("/p/arena/queue?channel=raid")
        page.wait_for_selector(".pill[data-connection=online]")
        for box in page.locator("#rows .check input").all():
            box.check()
        selected = page.locator("[data-selected]")
        assert selected.inner_text() == "3 selected"
        call(f"reviews/{ids[0]}/claim", {})
        selected.get_by_text("3 selected, 1 now held by app", exact=True).wait_for()


def test_items_are_selected_and_previewed_by_keys_alone(visit, call):
    for number in range(2):
        check(call, f"keys-{number}", channel_id="keys")
    with visit("noor") as page:
        page.goto("/p/arena/queue?channel=keys")
        for _ in range(2):
            page.keyboard.press("j")
            page.wait_for_function(f"() => {CHOSEN}")
            page.keyboard.press("x")
        page.locator("[data-selected]").get_by_text("2 selected", exact=True).wait_for()
        page.keyboard.press("Shift+D")
        heading = page.get_by_role("heading", name="Dismiss 2 items?")
        heading.wait_for()
        page.locator("h1:focus").wait_for()
        page.locator(".pill[data-connection=online]").wait_for()
        page.keyboard.press("Escape")
        page.wait_for_url("**/queue?channel=keys")
        page.locator(".pill[data-connection=online]").wait_for()
        for box in page.locator("#rows .check input").all():
            box.check()
        page.keyboard.press("Shift+D")
        heading.wait_for()
        page.locator(".pill[data-connection=online]").wait_for()
        page.keyboard.press("y")
        page.get_by_role("heading", name="2 of 2 dismissed").wait_for()
        page.locator(".pill[data-connection=online]").wait_for()
        page.keyboard.press("u")
        page.get_by_role("heading", name="2 of 2 undone").wait_for()
        page.go_back()
        page.locator(".rail").wait_for()


def test_t_shows_the_conversation_whose_messages_lead_on_and_can_be_acted_on(visit, call):
    for number in range(3):
        check(call, f"talk-{number}", f"hello number {number}", channel_id="talk")
    review_id = check(call, "talk-3", channel_id="talk")
    with visit("noor") as page:
        page.goto(f"/p/arena/queue/{review_id}")
        page.locator("#item .claim-mine").wait_for()
        page.keyboard.press("t")
        oldest = page.locator("#item [data-panel=conversation] li", has_text="hello number 0")
        oldest.get_by_label("Act on the message by talk-0").click()
        oldest.get_by_role("button", name="Put into the queue").wait_for()
        oldest.get_by_role("link", name="Open the message by talk-0").click()
        page.wait_for_url("**/content/*")
        assert page.get_by_role("heading", name="talk-0 in talk").is_visible()


def test_control_k_leads_to_an_action_by_keys_alone(visit):
    with visit("ada") as page:
        page.goto("/p/arena/live")
        page.keyboard.press("Control+k")
        page.locator("#palette input:focus").wait_for()
        page.keyboard.type("zoe")
        page.keyboard.press("Escape")
        page.locator("#palette").wait_for(state="hidden")
        page.keyboard.press("Control+k")
        page.locator("#palette input:focus").wait_for()
        page.keyboard.type("ban zoe")
        page.locator("#palette").get_by_text("Ban “zoe”").wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url("**/bans/new?user_id=zoe")
        assert page.get_by_label("Author", exact=True).input_value() == "zoe"


def test_the_feed_shows_a_whole_text_on_a_phone(visit, call):
    call("moderation/check", {
        "message_id": "long-1", "user_id": "long", "channel_id": "long", "content": LONG,
    })  # fmt: skip
    with visit("noor", **PHONE) as page:
        page.goto("/p/arena/live")
        text = page.locator("[data-preview]", has_text="a quiet story").first
        assert text.evaluate("text => text.scrollWidth <= text.clientWidth")
        assert text.inner_text() == LONG


def test_an_opened_row_is_named_in_the_address_on_every_width(visit, call):
    review_id = check(call, "width-1", channel_id="width")
    for width in (1440, 1024, 720, 390):
        with visit("vera") as page:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto("/p/arena/queue?channel=width")
            page.locator(f"{row(review_id)} .qrow-text").click()
            page.get_by_role("heading", name="width-1 in #width").wait_for()
            assert review_id in page.url
