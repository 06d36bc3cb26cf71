"""A blocked author appeals by a signed link, a moderator overturns, the author reads why."""

import json
import urllib.request

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.standalone]

#: From then on keys are heard.
ONLINE = '.pill[data-connection="online"]'
AUTHOR = {"user_id": "blocked-author", "channel_id": "arena"}


def call(site, path, body=None):
    request = urllib.request.Request(
        f"{site.url}/api/v1/{path}",
        json.dumps(body).encode() if body else None,
        {"X-API-Key": site.facts["key"], "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def status(site):
    """Return the author's strikes, and whether they are banned."""
    found = call(site, f"moderation/status/{AUTHOR['user_id']}/{AUTHOR['channel_id']}")
    return found["strike_count"], found["is_banned"]


def test_an_author_appeals_and_gets_everything_back(visit, site):
    checks = [
        call(site, "moderation/check", {
            **AUTHOR, "message_id": f"story-{n}", "content": f"I will kill you {n}",
        })
        for n in range(3)
    ]  # fmt: skip
    assert (checks[2]["action"], status(site)) == ("temp_ban", (3, True))
    with visit(None, size="phone") as author, visit("noor") as noor:
        author.goto(checks[2]["appeal_url"])
        author.get_by_label("What did we miss?").fill("It is a line from the film.")
        author.get_by_role("button", name="Send appeal").click()
        author.get_by_text("A person will read your appeal.").wait_for()

        noor.goto("/p/arena/appeals?user_id=blocked")
        noor.locator(ONLINE).wait_for()
        noor.keyboard.press("j")
        noor.get_by_role("heading", name="Appeal by blocked-author").wait_for()
        noor.locator(ONLINE).wait_for()
        noor.keyboard.press("n")
        noor.keyboard.type("You are right, it is a quote.")
        noor.get_by_role("button", name="Overturn the decision").click()
        noor.get_by_text("Decision overturned").wait_for()

        author.reload()
        author.get_by_text("You are right, it is a quote.").wait_for()
        author.get_by_role("heading", name="The decision was reversed").wait_for()
    assert status(site) == (2, False)
    log = call(site, f"logs/{checks[2]['content_id']}")
    assert (log["status"], log["is_approved"]) == ("approved", True)
