"""The review desk in a browser: by keyboard alone, by two people at once, without JavaScript."""

import pytest

from tests.browser.conftest import wait_for_first

pytestmark = [pytest.mark.browser, pytest.mark.standalone]

QUEUE = "/p/arena/queue"
#: Of the item that is ours or open, not of the one that is shown ahead of it.
HEAD = "#item .item-head:not([inert])"
BANNED_IN_SPANISH = "Tienes prohibido escribir de forma permanente."


@pytest.fixture
def at_desk(visit):
    """Return a function: a page of this person's with the list's first free item open."""

    def sit_down(page):
        page.goto(QUEUE)
        page.locator(".qrow:not([data-held]) .qrow-text").first.click()
        page.locator("#item .claim-mine").wait_for()

    return sit_down


def open_id(page):
    return page.locator(HEAD).get_attribute("data-review")


def wait_for_another(page, than):
    page.locator(f"{HEAD}:not([data-review='{than}'])").wait_for()
    page.wait_for_load_state()  # before its style sheets came, a page shows what they hide
    return open_id(page)


def shown(page, selector):
    return page.locator(f"{selector} >> visible=true")


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.value")


def test_one_request_leads_from_the_key_to_the_next_item(visit, at_desk):
    with visit("ada") as page:
        at_desk(page)
        before, posted = open_id(page), []
        page.on("request", lambda asked: asked.method == "POST" and posted.append(asked.url))
        page.keyboard.press("a")
        wait_for_another(page, before)
        assert page.locator("#item .claim-mine").is_visible()
        assert focused(page) == "item-title"
        assert [url.split("/")[-1] for url in posted] == ["decide"]


@pytest.mark.slow
def test_back_and_forward_lead_through_the_items(visit, at_desk):
    with visit("ada") as page:
        at_desk(page)
        first = open_id(page)
        page.keyboard.press("s")
        second = wait_for_another(page, first)
        page.wait_for_url(f"**{QUEUE}/{second}")
        page.go_back()
        assert wait_for_another(page, second) == first
        page.go_forward()
        assert wait_for_another(page, first) == second


@pytest.mark.slow
def test_a_claim_that_arrives_after_the_decision_changes_nothing(visit):
    held = []

    def hold(route):
        held.append(route)

    with visit("ada") as page:
        page.route("**/claim", hold)
        page.goto(QUEUE)
        page.locator(".qrow:not([data-held]) .qrow-text").first.click()
        page.locator(HEAD).wait_for()
        before = open_id(page)
        page.keyboard.press("d")
        after = wait_for_another(page, before)
        wait_for_first(page, held)
        with page.expect_response("**/claim"):
            held[0].continue_()
        assert open_id(page) == after


def test_nothing_that_hurts_is_on_one_key(visit, at_desk):
    with visit("ada") as page:
        at_desk(page)
        before = open_id(page)
        for key in ("7", "r", "Escape", "1"):
            page.keyboard.press(key)
        page.wait_for_timeout(300)
        assert open_id(page) == before
        assert not page.locator("#reject-panel").is_visible()


def test_r_and_a_digit_reject_and_u_takes_it_back(visit, at_desk):
    with visit("ada") as page:
        at_desk(page)
        before = open_id(page)
        page.keyboard.press("r")
        page.keyboard.press("7")
        page.locator("#undo").get_by_text("Rejected: spam").wait_for()
        page.keyboard.press("u")
        page.locator(f"[data-review='{before}']").wait_for()
        assert page.get_by_role("button", name="Reject", exact=True).is_visible()


def test_r_and_enter_reject_with_the_suggested_reason(visit, at_desk):
    with visit("ada") as page:
        at_desk(page)
        before = open_id(page)
        page.keyboard.press("r")
        suggested = page.locator("[name=reason_code]:checked").get_attribute("data-name")
        assert focused(page) == page.locator("[name=reason_code]:checked").input_value()
        page.keyboard.press("Enter")
        wait_for_another(page, before)
        assert f"Rejected: {suggested}" in page.locator("#undo").inner_text()


def test_keys_are_letters_while_one_types(visit, at_desk):
    with visit("ada") as page:
        at_desk(page)
        before = open_id(page)
        page.keyboard.press("n")
        page.keyboard.type("a sad red duck")
        assert page.locator("#note-text").input_value() == "a sad red duck"
        page.keyboard.press("Control+Enter")
        page.get_by_text("a sad red duck").wait_for()
        assert open_id(page) == before


@pytest.mark.slow
def test_the_words_for_the_author_follow_the_consequence(visit, at_desk):
    with visit("ada") as page:
        at_desk(page)
        page.keyboard.press("r")
        page.locator("#consequence").select_option("permanent")
        told = shown(page, ".told").all_inner_texts()
        assert told in (["You are banned permanently."], [BANNED_IN_SPANISH])
        page.keyboard.press("Escape")


def test_what_was_decided_elsewhere_is_told_in_the_pane(visit, at_desk, site):
    with visit("ada") as page:
        at_desk(page)
        page.locator("[data-connection=online]").first.wait_for()
        page.request.post(
            f"/api/v1/reviews/{open_id(page)}/decide",
            headers={"X-API-Key": site.facts["key"]},
            data={"decision": "dismiss", "take_over": True},
        )
        page.get_by_text("Dismissed by app").wait_for()
        assert page.get_by_role("button", name="Approve").count() == 0


@pytest.mark.slow
def test_whoever_leaves_lets_go(visit, at_desk):
    with visit("noor") as page, visit("omar") as other:
        at_desk(page)
        address = page.url
        other.goto(address)
        assert other.get_by_role("button", name="Take over").is_visible()
        page.goto("/")
        page.wait_for_timeout(300)
        other.goto(address)
        other.locator("#item .claim-mine").wait_for()


@pytest.mark.slow
def test_single_decisions_need_no_javascript(visit):
    with visit("noor", java_script_enabled=False) as page:
        page.goto(QUEUE)
        page.locator(".qrow:not([data-held]) .qrow-text").first.click()
        before = open_id(page)
        page.get_by_role("button", name="Reject", exact=True).click()
        page.get_by_label("Threat").check()
        page.get_by_role("button", name="Reject with this reason").click()
        wait_for_another(page, before)
        page.get_by_role("button", name="Undo").click()
        page.locator(f"{HEAD}[data-review='{before}']").wait_for()
        assert page.get_by_role("button", name="Approve", exact=True).is_visible()
