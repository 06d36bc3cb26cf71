"""What a screen reader is told on the way from the queue to a rejection and back."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_queue import check, row

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.standalone]
LIST = """
- region "Items":
  - list:
    - listitem:
      - checkbox "Select the message by reader-0"
      - text: "Medium severity reader-0 #reader"
      - time
      - link "what an idiot you are, 0"
      - text: Flag Harassment 0.75
"""
ITEM = """
- 'region "reader-0 in #reader"':
  - 'heading "reader-0 in #reader" [level=2]'
  - text: Flag Medium severity Sent
  - region "Item details":
    - region "Content"
    - region "Why it is here":
      - paragraph: Without “idiot” the verdict would be allow.
    - region "Author":
      - term: Strikes
      - definition:
        - img "0 of 3 strikes"
    - region "Notes"
  - region "Decision":
    - group "Decisions":
      - button "Approve"
      - button "Reject"
      - button "Dismiss"
      - button "Escalate"
      - button "Skip"
"""
REASONS = """
- region "Decision":
  - group "Reason for rejecting":
    - radio "Insult"
    - radio "Harassment suggested" [checked]
  - combobox "Consequence":
    - option "Strike 1 of 3" [selected]
  - paragraph: Warning. Strike 1/3
  - textbox "Note (optional, for moderators)"
  - link "Cancel"
  - button "Reject as harassment"
  - group "Decisions":
    - button "Reject" [expanded]
"""
REJECTED = """
- status:
  - text: /Rejected. harassment what an idiot you are, 0/
  - button "Undo"
"""


def test_queue_reject_and_undo_are_told(visit, site):
    review_id = check(site.call, "reader-0", "what an idiot you are, 0", channel_id="reader")
    with visit("noor") as page:
        page.goto("/p/arena/queue?channel=reader&sort=oldest")
        expect(page.locator("main")).to_match_aria_snapshot(LIST)
        page.locator(f"{row(review_id)} .qrow-text").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Release").wait_for()
        expect(page.get_by_role("heading", name="reader-0 in #reader")).to_be_focused()
        expect(page.locator("#item")).to_match_aria_snapshot(ITEM)
        page.keyboard.press("r")
        expect(page.get_by_role("radio", name="Harassment")).to_be_focused()
        expect(page.locator("#item .dock")).to_match_aria_snapshot(REASONS)
        page.keyboard.press("Enter")
        expect(page.locator("#undo")).to_match_aria_snapshot(REJECTED)
        page.keyboard.press("u")
        expect(page.locator("#announcer")).to_have_text("Undone. The item is open again.")
        expect(page.get_by_role("heading", name="reader-0 in #reader")).to_be_focused()
