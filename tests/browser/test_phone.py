"""The queue on a phone and on a tablet: nothing lies on the verbs, everything can be reached."""

import pytest

from tests.browser.test_queue import HEAD, check, row

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.standalone]

PHONE = {"size": "phone", "has_touch": True, "is_mobile": True}
AT_THE_MIDDLE = """verb => {
  const { x, y, width, height } = verb.getBoundingClientRect();
  return verb.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""


@pytest.fixture
def call(site):
    return site.call


@pytest.fixture
def three(call, request):
    """The ids of three new items of one channel, the newest first."""
    name = request.node.name[:40]
    ids = [check(call, f"{name}-{number}", channel_id=name) for number in range(3)]
    return name, ids[::-1]


def open_first(page, three):
    channel, ids = three
    page.goto(f"/p/arena/queue?sort=newest&channel={channel}")
    page.locator(f"{row(ids[0])} .qrow-text").click()
    page.locator("#item .claim-mine").wait_for()


def test_the_undo_bar_lies_on_no_verb(visit, three):
    with visit("noor", **PHONE) as page:
        open_first(page, three)
        page.locator(".verb[data-verb=dismiss]").tap()
        page.locator(f"{HEAD}:not([inert])[data-review='{three[1][1]}']").wait_for()
        page.locator("#undo .undo").wait_for()
        verbs = page.locator("#item .verb").all()
        assert len(verbs) == 5
        assert [verb.evaluate(AT_THE_MIDDLE) for verb in verbs] == [True] * 5


def shown(page):
    """Return the id of the review that one can act on."""
    return page.locator(f"{HEAD}:not([inert])").get_attribute("data-review")


def test_two_taps_at_one_place_dismiss_two_items(visit, three):
    with visit("noor", **PHONE) as page:
        open_first(page, three)
        page.clock.install()
        for upcoming in three[1][1:]:
            page.locator(".verb[data-verb=dismiss]").tap()
            page.locator(f"{HEAD}:not([inert])[data-review='{upcoming}']").wait_for()
            page.clock.fast_forward(300)
        assert shown(page) == three[1][2]


def test_the_message_stays_in_view_while_one_rejects(visit, three):
    with visit("noor", **PHONE) as page:
        open_first(page, three)
        page.get_by_role("button", name="Reject", exact=True).tap()
        page.locator("#reject-panel").wait_for()
        text, dock = (page.locator(place).bounding_box() for place in ("#item .judged", ".dock"))
        assert text["y"] + text["height"] <= dock["y"]
        confirm = page.locator("[data-confirm]")
        assert confirm.evaluate(AT_THE_MIDDLE)


def test_next_previous_and_skip_are_on_the_phone(visit, three):
    with visit("noor", **PHONE) as page:
        open_first(page, three)
        page.get_by_role("button", name="Next item").tap()
        page.locator(f"{HEAD}:not([inert])[data-review='{three[1][1]}']").wait_for()
        page.get_by_role("button", name="Previous item").tap()
        page.locator(f"{HEAD}:not([inert])[data-review='{three[1][0]}']").wait_for()
        page.locator("#item .claim-mine").wait_for()
        page.get_by_role("button", name="Skip").tap()
        page.locator(f"{HEAD}:not([inert])[data-review='{three[1][1]}']").wait_for()
        assert shown(page) == three[1][1]


def test_j_and_k_work_where_the_list_is_hidden(visit, three):
    with visit("noor") as page:
        page.set_viewport_size({"width": 720, "height": 900})
        open_first(page, three)
        page.keyboard.press("j")
        page.locator(f"{HEAD}:not([inert])[data-review='{three[1][1]}']").wait_for()
        page.keyboard.press("k")
        page.locator(f"{HEAD}:not([inert])[data-review='{three[1][0]}']").wait_for()
        assert shown(page) == three[1][0]


def test_a_sentence_keeps_the_key_it_names(visit):
    with visit("noor", **PHONE) as page:
        page.goto("/p/arena/settings/me")
        assert page.locator(".help kbd").is_visible()
