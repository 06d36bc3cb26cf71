"""Two moderators in two browsers share one queue."""

import json
import time
import urllib.request

import pytest

from tests.browser.conftest import READ_MS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.standalone]

QUEUE = "/p/arena/queue"
LIVE = "/p/arena/live"
IS_ANOTHER = "id => document.querySelector('#item .item-head:not([inert])')?.dataset.review !== id"
#: Presses the key's control at a moment, so that two browsers do it at once.
PRESS_AT = """at => setTimeout(
    () => document.querySelector('#item [aria-keyshortcuts~="a"]').click(), at - Date.now()
)"""


def send(site, number, text="you loser"):
    """Check a message as an app would; return its review's id."""
    body = {"message_id": f"live-{number}", "user_id": f"player{number}", "channel_id": "arena"}
    request = urllib.request.Request(
        f"{site.url}/api/v1/moderation/check",
        json.dumps({**body, "content": f"{text} {number}"}).encode(),
        {"X-API-Key": site.facts["key"], "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())["review_id"]


def waiting(site):
    """Return the ids of the reviews that are open."""
    request = urllib.request.Request(
        f"{site.url}/api/v1/reviews?status=open,claimed&limit=200",
        headers={"X-API-Key": site.facts["key"]},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return [row["id"] for row in json.loads(answer.read())["results"]]


def row(page, review_id):
    return page.locator(f'#rows [data-review-id="{review_id}"]')


def opened(page, review_id):
    return page.locator(f'#item .item-head:not([inert])[data-review="{review_id}"]')


def go(page, path):
    """Open a page and wait until it is live."""
    page.goto(path)
    page.locator('.pill[data-connection="online"]').wait_for()


def figure(page, name):
    return int(page.locator(f'main [data-stat="{name}"]').first.inner_text().replace(",", ""))


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_counters_and_feed_move_as_messages_are_checked(visit, site):
    with visit("noor") as noor, visit("omar", theme="dark") as omar:
        pages = [noor, omar]
        for page in pages:
            go(page, LIVE)
        before = [figure(page, "total_content") for page in pages]
        send(site, 1)
        send(site, 2)
        for page, total in zip(pages, before, strict=True):
            page.wait_for_function(
                "total => document.querySelector('main [data-stat=total_content]').textContent"
                ".replace(/\\D/g, '') >= total",
                arg=total + 2,
            )
            newest = page.locator('[data-feed="activity"] [data-content-id]').first
            assert "you loser 2" in newest.inner_text() or "player2" in newest.inner_text()
            assert page.locator('[data-feed="activity"] [data-content-id]').count() <= 10


def test_ten_decisions_by_keyboard_leave_the_other_s_list(visit, site):
    mine = [send(site, number) for number in range(10, 20)]
    query = f"{QUEUE}?channel=arena&sort=oldest"
    with visit("noor") as noor, visit("omar") as omar:
        go(noor, query)
        go(omar, query)
        noor.clock.install()
        first = noor.locator("#rows [data-review-id]").first.get_attribute("data-review-id")
        noor.keyboard.press("j")
        noor.keyboard.press("Enter")
        opened(noor, first).wait_for()
        decided = []
        for number in range(10):
            current = noor.locator("#item .item-head:not([inert])").get_attribute("data-review")
            decided.append(current)
            noor.clock.fast_forward(READ_MS)
            if number == 4:
                noor.keyboard.press("r")
                noor.keyboard.press("Enter")
            else:
                noor.keyboard.press("ad"[number % 2])
            noor.wait_for_function(IS_ANOTHER, arg=current)
        for review_id in decided:
            row(noor, review_id).wait_for(state="detached")
            row(omar, review_id).wait_for(state="detached")
        assert len(set(decided)) == 10
        assert not set(decided) & set(waiting(site))
        assert set(mine) & set(decided)


def test_of_two_at_once_one_wins_and_the_other_reads_who(visit, site):
    review_id = send(site, 30)
    with visit("noor") as noor, visit("omar") as omar:
        noor.route_web_socket("**", lambda _socket: None)  # noor hears nothing of the take-over
        noor.goto(f"{QUEUE}/{review_id}")
        noor.get_by_text("Yours for").wait_for()
        omar.goto(f"{QUEUE}/{review_id}")
        omar.get_by_role("button", name="Take over").click()
        omar.get_by_text("Yours for").wait_for()
        at = noor.evaluate("Date.now()") + 700
        for page in (noor, omar):
            page.evaluate(PRESS_AT, at)
        wait_until(lambda: review_id not in waiting(site))
        card = noor.locator("#item .conflict")
        card.wait_for()
        assert "omar" in card.inner_text().casefold()  # he decided, or holds it
        assert "You, not saved" in card.inner_text()
        assert omar.locator("#item .conflict").count() == 0
    site.complaints[:] = [said for said in site.complaints if "409" not in said]


def test_undo_opens_the_item_again(visit, site):
    review_id = send(site, 40)
    with visit("noor") as noor:
        go(noor, f"{QUEUE}/{review_id}")
        noor.keyboard.press("d")
        row(noor, review_id).wait_for(state="detached")
        noor.locator("#undo .undo").wait_for()
        noor.keyboard.press("u")
        opened(noor, review_id).wait_for()
        assert review_id in waiting(site)


def test_nothing_that_hurts_happens_on_one_key(visit, site):
    review_id = send(site, 41)
    with visit("noor") as noor:
        go(noor, f"{QUEUE}/{review_id}")
        noor.keyboard.press("r")
        noor.locator("#reject-panel").wait_for()
        assert review_id in waiting(site)
        noor.keyboard.press("Escape")
        noor.locator("#reject-panel").wait_for(state="hidden")
        noor.keyboard.press("r")
        noor.keyboard.press("7")
        wait_until(lambda: review_id not in waiting(site))


def test_keys_are_letters_while_one_types(visit, site):
    review_id = send(site, 42)
    with visit("noor") as noor:
        go(noor, f"{QUEUE}/{review_id}")
        noor.keyboard.press("n")
        noor.keyboard.type("a d r e s")
        assert noor.evaluate("document.activeElement.value") == "a d r e s"
        assert review_id in waiting(site)


def test_many_are_decided_after_a_preview(visit, site):
    mine = [send(site, number) for number in range(50, 53)]
    with visit("noor") as noor:
        go(noor, f"{QUEUE}?channel=arena")
        for review_id in mine:
            row(noor, review_id).locator("input[type=checkbox]").check()
        noor.get_by_role("button", name="Approve…").click()
        assert all("you loser" in text for text in noor.locator("main").all_inner_texts())
        assert set(mine) <= set(waiting(site))
        noor.locator("main form button[type=submit].btn-primary").first.click()
        noor.wait_for_load_state()
        wait_until(lambda: not set(mine) & set(waiting(site)))


def test_a_lost_connection_comes_back_without_a_gap(visit, site):
    with visit("noor") as noor:
        go(noor, LIVE)
        total = figure(noor, "total_content")
        noor.context.set_offline(True)
        noor.locator('.pill[data-connection="online"]').wait_for(state="detached")
        for number in range(60, 65):
            send(site, number)
        noor.context.set_offline(False)
        noor.locator('.pill[data-connection="online"]').wait_for(timeout=60_000)
        wait_until(lambda: figure(noor, "total_content") >= total + 5)
        assert figure(noor, "total_content") == total + 5
    site.complaints[:] = [said for said in site.complaints if "ERR_INTERNET" not in said]


def test_a_single_decision_works_without_javascript(visit, site):
    review_id = send(site, 70)
    with visit("noor", java_script_enabled=False) as noor:
        noor.goto(f"{QUEUE}/{review_id}")
        assert "you loser 70" in noor.locator("main").inner_text()
        noor.get_by_role("button", name="Approve").click()
        assert review_id not in waiting(site)
