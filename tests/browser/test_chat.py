"""Two people talk in the demo chat and see what moderation does."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.standalone]

CHAT = "/p/arena/chat/lobby"
#: What of the chat lies under a toast.
UNDER = """toast => {
  const over = toast.getBoundingClientRect();
  return [...document.querySelectorAll(".page-head, .chat-log, .chat-write")]
    .filter((part) => {
      const box = part.getBoundingClientRect();
      return box.top < over.bottom && over.top < box.bottom && box.left < over.right;
    })
    .map((part) => part.className);
}"""


def enter(page, name, by="socketio"):
    page.goto(f"{CHAT}?as={name}&by={by}")
    page.locator("[data-chat-state]", has_text=f"Connected as {name}").wait_for()


def say(page, text):
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send").click()


def row(page, text):
    return page.locator("[data-chat-log] li", has_text=text)


def toast(page, text):
    return page.locator(".toast", has_text=text)


def test_two_people_talk_over_socket_io(visit, site):
    with visit("noor") as noor, visit("omar", theme="dark", size="phone") as omar:
        enter(noor, "Ana")
        enter(omar, "Zed")
        say(noor, "Hello Zed")
        row(omar, "Hello Zed").wait_for()
        assert "Ana" in row(omar, "Hello Zed").inner_text()
        say(omar, "This is damn good")
        row(noor, "This is damn good").wait_for()
        toast(omar, "Content warning").wait_for()
        assert toast(omar, "Content warning").evaluate(UNDER) == []
        say(omar, "Shut up idiot")
        assert "Flagged for review" in row(noor, "Shut up idiot").inner_text()
        say(omar, "You’re a fucking idiot")
        toast(omar, "Message blocked").wait_for()
        assert row(omar, "You’re a fucking idiot").get_by_role("link", name="Appeal").is_visible()
        say(omar, "Still here")
        row(noor, "Still here").wait_for()
        assert row(noor, "You’re a fucking idiot").count() == 0


def test_a_restored_message_appears_in_the_channel(visit, site):
    with visit("noor") as noor:
        enter(noor, "Rhea")
        say(noor, "You’re a fucking idiot")
        toast(noor, "Message blocked").wait_for()
        message_id = row(noor, "fucking").get_attribute("data-message-id")
        report = {"message_id": message_id, "reporter_id": "ana", "reason": "other"}
        review_id = site.call("reports", report)["review_id"]
        site.call(f"reviews/{review_id}/decide", {"decision": "approve"})
        toast(noor, "A message was restored").wait_for()
        assert "Restored" in row(noor, "fucking").inner_text()


def test_a_kick_and_a_ban_end_the_chat(visit, site):
    with visit("noor") as noor, visit("omar") as omar:
        enter(noor, "Kim", "websocket")
        enter(omar, "Lee", "websocket")
        say(noor, "Hello Lee")
        row(omar, "Hello Lee").wait_for()
        say(omar, "You’re a fucking idiot")
        toast(omar, "You were removed").wait_for()
        assert omar.get_by_role("button", name="Send").is_disabled()
        omar.get_by_role("button", name="Connect").click()
        omar.locator("[data-chat-state]", has_text="Connected").wait_for()
        say(omar, "I will kill you")
        toast(omar, "You are banned").wait_for()
        omar.get_by_role("button", name="Connect").click()
        toast(omar, "You are banned").wait_for()
        assert row(noor, "kill").count() == 0


def test_the_sixth_violation_is_rate_limited(visit, site):
    with visit("noor") as noor:
        enter(noor, "Max", "ratelimit")
        for number in range(6):
            say(noor, f"Shut up idiot {number}")
            row(noor, f"idiot {min(number, 4)}").wait_for()
        toast(noor, "Too many violations").wait_for()
