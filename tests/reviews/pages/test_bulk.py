from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.models import Strike
from reviews.decisions import decide as decisions_decide
from reviews.decisions.case import DecisionRequest
from reviews.models import DecisionKind, ReviewItem
from reviews.queue import claims
from tests import factories
from tests.markup import shows_as_text

pytestmark = pytest.mark.django_db
BULK = "/p/forum/queue/bulk"


@pytest.fixture
def desk(signed_in):
    return signed_in("moderator", "mona")


@pytest.fixture
def items(project):
    """Return three items of one author, the most urgent first."""
    now = timezone.now()
    return [
        factories.make_item(project, user_id="u1", now=now - timedelta(hours=3 - n))
        for n in range(3)
    ]


def preview(desk, items, ruling="approve", **more):
    sent = {"id": [str(item.pk) for item in items], "ruling": ruling, **more}
    return desk.post(BULK, sent, follow=True)


def decide(desk, items, ruling="approve", **more):
    sent = {
        "id": [str(item.pk) for item in items],
        "item": [f"{item.pk}:{item.version}" for item in items],
        "ruling": ruling,
    }
    return desk.post(f"{BULK}/decide", {**sent, **more}, follow=True)


def statuses():
    return list(ReviewItem.objects.order_by("-priority").values_list("status", flat=True))


# --- Preview


def test_the_preview_changes_nothing_and_shows_each_text(desk, items):
    page = preview(desk, items).content.decode()
    assert page.count("Shut up") == 3
    assert page.count("Stays visible") == 3
    assert statuses() == ["open"] * 3


def test_the_preview_of_a_rejection_counts_strikes_up_to_the_ban(desk, items):
    page = preview(desk, items, "reject").content.decode()
    for shown in ("strike 1 of 3", "strike 2 of 3", "strike 3 of 3, banned 24 h in #general"):
        assert shown in page


def test_the_preview_leaves_out_what_others_hold_or_decided(desk, items, noor):
    now = timezone.now()
    claims.claim(items[0].pk, noor, now=now)
    decisions_decide.decide(items[1].pk, DecisionRequest(DecisionKind.DISMISS), noor, now=now)
    page = preview(desk, items).content.decode()
    assert "Approve 1 item?" in page
    assert "noor holds it" in page
    assert "noor has decided: dismiss" in page


def test_what_was_passed_on_is_left_out_for_a_moderator(desk, items, noor):
    decisions_decide.decide(
        items[0].pk, DecisionRequest(DecisionKind.ESCALATE), noor, now=timezone.now()
    )
    assert "waits for an admin" in preview(desk, items).content.decode()


def test_an_item_of_another_project_is_not_shown(desk, items):
    other = factories.make_item(factories.make_project("other"), "idiot elsewhere")
    page = preview(desk, [items[0], other]).content.decode()
    assert ("Approve 1 item?" in page, "elsewhere" in page) == (True, False)


def test_hostile_text_is_shown_as_text(desk, project):
    evil = "<img src=x onerror=alert(1)>"
    item = factories.make_item(project, f"{evil} idiot")
    assert shows_as_text(preview(desk, [item]), evil)


@pytest.mark.parametrize(
    "sent",
    [{"ruling": "approve"}, {"ruling": "delete"}, {"ruling": "approve", "id": ["x", ""]}],
    ids=["nothing", "unknown", "nonsense"],
)
def test_what_makes_no_sense_leads_back_to_the_list(desk, items, sent):
    answer = desk.post(BULK, {**sent, "query": "lane=held"})
    assert (answer.status_code, answer["Location"]) == (302, "/p/forum/queue?lane=held")


def test_more_than_a_hundred_are_refused(desk, items):
    ids = [f"00000000-0000-0000-0000-{number:012}" for number in range(101)]
    answer = desk.post(BULK, {"id": ids, "ruling": "approve"}, follow=True)
    assert "Select at most 100 items" in answer.content.decode()


# --- Decision


def test_the_ticked_items_are_ruled(desk, items):
    page = decide(desk, items[:2]).content.decode()
    assert "2 of 2 approved" in page
    assert statuses() == ["decided", "decided", "open"]


@pytest.mark.parametrize("version", ["", "x", "-1", "\u0662", "9" * 10, "9" * 5000])
def test_an_item_whose_version_is_not_the_one_of_now_stays_open(desk, items, version):
    item = f"{items[0].pk}:{version}"
    answer = desk.post(f"{BULK}/decide", {"ruling": "approve", "item": item, "id": items[0].pk})
    assert answer.status_code == 302
    assert statuses() == ["open"] * 3


def test_a_rejection_needs_a_reason(desk, items):
    answer = decide(desk, items, "reject")
    assert answer.status_code == 422
    assert "Choose a reason." in answer.content.decode()
    assert statuses() == ["open"] * 3


def test_a_rejection_brings_a_strike_with_its_reason(desk, items):
    decide(desk, items[:1], "reject", reason_code="insult", note="seen it")
    decision = items[0].decisions.get()
    assert (decision.reason_code, decision.note) == ("insult", "seen it")
    assert Strike.objects.count() == 1


@pytest.mark.parametrize(("typed", "status"), [("21", 200), ("20", 422), ("", 422)])
def test_more_than_twenty_need_their_number_typed(desk, project, typed, status):
    many = [factories.make_item(project) for _ in range(21)]
    assert "21" in preview(desk, many).content.decode()
    assert decide(desk, many, count=typed).status_code == status


def test_nothing_ticked_is_told(desk, items):
    answer = desk.post(f"{BULK}/decide", {"id": str(items[0].pk), "ruling": "approve"})
    assert (answer.status_code, "Select at least one item" in answer.content.decode()) == (
        422,
        True,
    )


def test_each_item_tells_its_own_outcome(desk, items, noor):
    decisions_decide.decide(
        items[0].pk, DecisionRequest(DecisionKind.DISMISS), noor, now=timezone.now()
    )
    page = decide(desk, items).content.decode()
    assert "2 done, 1 in conflict" in page
    assert "noor has already decided: dismiss" in page
    retry = page[page.index("Retry the others") - 200 :]
    assert str(items[0].pk) in retry


def test_another_try_begins_with_the_reason_and_the_note_of_the_first(desk, items):
    ReviewItem.objects.filter(pk=items[0].pk).update(version=2)
    decide(desk, items[:1], "reject", reason_code="spam", note="third time")
    again = preview(desk, items[:1], "reject", reason_code="spam", retry="1")
    assert (again.context["reason_code"], again.context["note"]) == ("spam", "third time")
    assert "third" not in again.redirect_chain[0][0]


def test_an_item_that_changed_since_the_preview_is_left_alone(desk, items):
    ReviewItem.objects.filter(pk=items[0].pk).update(version=2)
    page = decide(desk, items[:1]).content.decode()
    assert "you saw version 1, it is now 2" in page
    assert statuses() == ["open"] * 3


def test_a_bulk_decision_is_taken_back_item_by_item(desk, items):
    decide(desk, items)
    ids = [str(item.pk) for item in items[:2]]
    answer = desk.post(f"{BULK}/undo", {"id": ids}, follow=True)
    assert "2 of 2 undone" in answer.content.decode()
    assert statuses() == ["open", "open", "decided"]


# --- Who may


@pytest.mark.parametrize("path", ["", "/decide", "/undo"])
def test_a_viewer_may_not_and_a_stranger_finds_nothing(signed_in, items, path):
    assert signed_in("viewer").post(f"{BULK}{path}").status_code == 403
    assert signed_in(None).post(f"{BULK}{path}").status_code == 404


def test_reading_the_address_leads_back_to_the_list(desk):
    assert desk.get(BULK)["Location"] == "/p/forum/queue"


def test_the_preview_costs_the_same_queries_with_many_items(
    desk, project, items, django_assert_num_queries, django_assert_max_num_queries, lasting_caches
):
    many = [*items, *(factories.make_item(project) for _ in range(9))]
    short, long = (preview(desk, some).redirect_chain[0][0] for some in (items, many))
    with django_assert_max_num_queries(16) as few:
        desk.get(short)
    with django_assert_num_queries(len(few)):
        desk.get(long)


def test_all_that_fit_the_filters_are_previewed_with_the_reason_that_fits_most(desk, items, noor):
    sent = {"all": "1", "query": "channel=general", "ruling": "reject"}
    answer = desk.post("/p/forum/queue/bulk", sent, follow=True)
    assert len(answer.context["ready"]) == len(items)
    assert answer.context["reason_code"] == "harassment"
    sent = {**sent, "query": "channel=elsewhere"}
    answer = desk.post("/p/forum/queue/bulk", sent, follow=True)
    assert "Nothing was selected." in answer.content.decode()


def test_preview_and_results_are_pages_that_a_reload_repeats_without_deciding(desk, items):
    page = preview(desk, items, "dismiss", query="lane=held")
    assert page.status_code == 200
    assert desk.get(page.redirect_chain[-1][0]).context["back"] == "/p/forum/queue?lane=held"
    done = decide(desk, items[:2], "dismiss", query="lane=held")
    again = desk.get(done.redirect_chain[-1][0])
    assert again.context["back"] == "/p/forum/queue?lane=held"
    assert "2 of 2 dismissed" in again.content.decode()
    assert "2 done" not in again.content.decode()
    assert items[0].decisions.count() == 1
