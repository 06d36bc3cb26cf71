"""From the list of projects to the first message of one's own, in the browser alone."""

import json
import urllib.request

import pytest

from tests.browser.test_every_page import RULES, barriers, overflow

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.standalone]


def send(site, key):
    """Send what the copied call sends."""
    sent = {"message_id": "first-1", "user_id": "ana", "channel_id": "general"}
    body = json.dumps({**sent, "content": "Shut up idiot"}).encode()
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    asked = urllib.request.Request(f"{site.url}/api/v1/moderation/check", body, headers)
    with urllib.request.urlopen(asked, timeout=60) as answer:
        assert json.load(answer)["action"] == "flagged"


@pytest.mark.parametrize("size", ["wide", pytest.param("phone", marks=pytest.mark.slow)])
def test_a_newcomer_sees_their_own_message_arrive(visit, site, size):
    with visit("ada", size=size) as page:
        page.goto("/")
        page.get_by_role("link", name="New project").click()
        assert barriers(page, RULES) == []
        page.get_by_label("Name", exact=True).fill(f"My {size} community")
        page.get_by_role("button", name="Create the project").click()
        page.get_by_role("button", name="Create a key").click()
        key = page.locator("#key").inner_text()
        assert key in page.locator("#curl").inner_text()
        assert barriers(page, RULES) == []
        assert overflow(page) == 0
        page.wait_for_selector(".pill[data-connection=online]")
        send(site, key)
        page.get_by_text("It arrived:").wait_for()
        page.get_by_role("link", name="Open the queue").click()
        page.locator("#rows > [data-review-id]").wait_for()


def test_an_empty_queue_fills_itself(visit, site):
    with visit("ada") as page:
        page.goto("/")
        page.get_by_role("link", name="New project").click()
        page.get_by_label("Name", exact=True).fill("An empty queue")
        page.get_by_role("button", name="Create the project").click()
        page.get_by_role("button", name="Create a key").click()
        key = page.locator("#key").inner_text()
        page.goto("/p/an-empty-queue/queue")
        page.wait_for_selector(".pill[data-connection=online]")
        empty = page.get_by_role("heading", name="No messages yet")
        empty.wait_for()
        send(site, key)
        row = page.locator("#rows > [data-review-id]")
        row.wait_for()
        assert "Shut up idiot" in row.inner_text()
        assert empty.is_hidden()


def test_a_newcomer_needs_no_terminal(visit):
    with visit("ada") as page:
        page.goto("/")
        page.get_by_role("link", name="New project").click()
        page.get_by_label("Name", exact=True).fill("No terminal")
        page.get_by_role("button", name="Create the project").click()
        page.wait_for_selector(".pill[data-connection=online]")
        with page.expect_popup() as opened:
            page.get_by_role("link", name="write one in the test chat").click()
        opened.value.locator("#chat-text").fill("Shut up idiot")
        opened.value.get_by_role("button", name="Send").click()
        page.get_by_text("It arrived:").wait_for()
        assert page.get_by_role("link", name="Open the queue").is_visible()
