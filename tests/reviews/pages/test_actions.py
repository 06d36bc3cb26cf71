"""Actions on an item in the console, with and without JavaScript."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.models import Ban, Strike
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import Decision, DecisionKind, ReviewNote
from reviews.queue import claims
from tests import factories

pytestmark = pytest.mark.django_db

PIECE = {"HX-Request": "true"}


@pytest.fixture
def first(project):
    return factories.make_item(project, user_id="u1", now=timezone.now() - timedelta(hours=3))


@pytest.fixture
def second(project):
    return factories.make_item(project, user_id="u2", now=timezone.now() - timedelta(hours=2))


@pytest.fixture
def third(project):
    return factories.make_item(project, user_id="u3", now=timezone.now() - timedelta(hours=1))


def address(item, verb=""):
    return f"/p/forum/queue/{item.pk}{verb}"


def post(client, item, verb, headers=None, **fields):
    return client.post(address(item, f"/{verb}"), fields, headers=headers)


def ruled(client, item, ruling, headers=None, **fields):
    named = {"ruling": ruling, "version": item.version, "next": "", "query": "", **fields}
    return post(client, item, "decide", headers, **named)


def holder_of(item):
    item.refresh_from_db()
    claim = item.live_claim(timezone.now())
    return claim.holder_name if claim else None


def test_a_claim_is_shown_with_its_time(desk, first):
    answer = post(desk, first, "claim", PIECE)
    assert "Yours for" in answer.content.decode()
    assert holder_of(first) == "noor"


def test_without_javascript_a_claim_leads_back_to_the_item(desk, first):
    answer = post(desk, first, "claim", query="lane=held")
    assert answer["Location"] == address(first, "?lane=held")


def test_a_claim_that_comes_after_the_callers_own_decision_is_no_conflict(desk, first):
    ruled(desk, first, "dismiss")
    answer = post(desk, first, "claim", PIECE)
    assert (answer.status_code, holder_of(first)) == (204, None)


def test_a_claim_that_comes_after_another_persons_decision_is_a_conflict(desk, omar, first):
    decide(first.pk, DecisionRequest(DecisionKind.DISMISS), omar, now=timezone.now())
    assert post(desk, first, "claim", PIECE).status_code == 409


def test_a_released_item_is_free_and_not_claimed_by_itself_again(desk, first):
    post(desk, first, "claim")
    piece = post(desk, first, "release", PIECE).content.decode()
    assert 'hx-trigger="submit"' in piece
    assert holder_of(first) is None


def test_who_leaves_the_page_waits_for_no_answer(desk, first):
    post(desk, first, "claim")
    assert post(desk, first, "release", leaving="1").status_code == 204
    assert holder_of(first) is None


def test_letting_go_of_anothers_item_changes_nothing(desk, omar, first):
    claims.claim(first.pk, omar, now=timezone.now())
    post(desk, first, "release")
    assert holder_of(first) == "omar"


def test_a_decision_shows_the_next_item_claimed_already(desk, first, second):
    answer = ruled(desk, first, "approve", PIECE)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'data-review="{second.pk}"' in page
    assert holder_of(second) == "noor"
    assert answer["HX-Push-Url"] == address(second)


def test_a_decision_is_told_to_the_list(desk, first, second):
    told = json.loads(ruled(desk, first, "approve", PIECE)["HX-Trigger"])
    assert told == {
        "gavel:decided": {"review_id": str(first.pk), "next_id": str(second.pk), "version": 2}
    }


def test_a_decision_brings_the_undo_bar(desk, first, second):
    page = ruled(desk, first, "reject", PIECE, reason_code="insult").content.decode()
    bar = page.split('hx-swap-oob="innerHTML"')[1]
    assert "Rejected: insult <q>Shut up" in bar
    assert "1 left" in bar
    assert 'data-seconds="10"' in bar
    assert address(first, "/undo") in bar


def test_left_is_what_is_left_in_the_persons_own_list(desk, first, second, third):
    ruled(desk, third, "escalate", PIECE, note="a question")
    answer = ruled(desk, first, "approve", PIECE, query="lane=held")
    assert "1 left" in answer.content.decode()
    answer = ruled(desk, second, "approve", PIECE, query="channel=elsewhere")
    assert "0 left" in answer.content.decode()


def test_the_next_item_is_the_one_that_the_list_names(desk, first, second, third):
    answer = ruled(desk, first, "approve", PIECE, next=str(third.pk))
    assert answer["HX-Push-Url"] == address(third)


@pytest.mark.parametrize("named", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_where_the_list_names_none_the_lane_knows(desk, first, second, named):
    assert ruled(desk, first, "approve", PIECE, next=named)["HX-Push-Url"] == address(second)


def test_a_next_item_that_another_holds_is_passed_over(desk, omar, first, second, third):
    claims.claim(second.pk, omar, now=timezone.now())
    answer = ruled(desk, first, "approve", PIECE, next=str(second.pk))
    assert answer["HX-Push-Url"] == address(third)


@pytest.mark.parametrize("query", ["lane=held", "?lane=held", "?lane=held&undo=1&reveal=1"])
def test_the_lane_stays_chosen(desk, first, second, query):
    answer = ruled(desk, first, "approve", PIECE, query=query)
    assert answer["HX-Push-Url"] == address(second, "?lane=held")


def test_after_the_last_item_nothing_waits(desk, first):
    answer = ruled(desk, first, "approve", PIECE)
    assert "All done" in answer.content.decode()
    assert answer["HX-Push-Url"] == "/p/forum/queue"


def test_without_javascript_the_next_page_has_the_undo_bar(desk, first, second):
    answer = ruled(desk, first, "approve", query="lane=held")
    assert answer["Location"] == address(second, f"?lane=held&undo={first.pk}")
    page = desk.get(answer["Location"]).content.decode()
    assert "Approved <q>Shut up" in page
    assert address(first, "/undo") in page


def test_a_rejection_has_the_consequence_that_was_chosen(desk, first):
    ruled(desk, first, "reject", reason_code="threat", consequence="permanent", note="see thread")
    decision = Decision.objects.get()
    assert (decision.reason_code, decision.note) == ("threat", "see thread")
    assert Ban.objects.get().type == "permanent"


def test_reason_and_consequence_of_a_form_do_not_harm_what_is_approved(desk, first):
    ruled(desk, first, "approve", reason_code="threat", consequence="permanent")
    assert Decision.objects.get().reason_code == ""
    assert not Strike.objects.exists()
    assert not Ban.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"ruling": "burn"}, {"reason_code": "<b>"}, {"note": "x" * 2001}, {"note": "a\0b"}]
)
def test_what_no_form_sends_is_refused_in_words(desk, first, fields):
    answer = ruled(desk, first, **{"ruling": "reject", **fields})
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()
    assert not Decision.objects.exists()


def test_a_decided_item_says_who_was_first(desk, omar, first):
    decide(
        first.pk, DecisionRequest(DecisionKind.REJECT, reason_code="spam"), omar, now=timezone.now()
    )
    answer = ruled(desk, first, "approve", PIECE, note="a song")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Your decision was not saved." in page
    assert "decided: reject" not in page
    assert "Rejected: spam" in page
    assert "Keep their decision" in page


def test_a_note_that_was_typed_survives_a_conflict(desk, omar, first):
    decide(first.pk, DecisionRequest(DecisionKind.REJECT), omar, now=timezone.now())
    page = ruled(desk, first, "approve", PIECE, note="a <song>").content.decode()
    assert "a &lt;song&gt;</textarea>" in page


def test_a_changed_item_is_shown_as_it_is_now(desk, first):
    answer = ruled(desk, first, "approve", PIECE, version=7, note="mine")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The item has changed" in page
    assert 'name="version" value="1"' in page
    assert 'value="mine"' in page


def test_without_javascript_a_conflict_is_a_whole_page(desk, omar, first):
    decide(first.pk, DecisionRequest(DecisionKind.REJECT), omar, now=timezone.now())
    answer = ruled(desk, first, "approve")
    assert answer.status_code == 409
    assert "<html" in answer.content.decode()


def test_an_item_that_another_holds_is_not_decided_by_the_way(desk, omar, first):
    claims.claim(first.pk, omar, now=timezone.now())
    assert ruled(desk, first, "approve", PIECE).status_code == 409


def test_taking_over_moves_the_claim_and_lets_the_callers_other_item_go(desk, omar, first, second):
    claims.claim(first.pk, omar, now=timezone.now())
    post(desk, second, "claim")
    piece = post(desk, first, "take-over", PIECE).content.decode()
    assert "Yours for" in piece
    assert 'data-verb="approve"' in piece
    assert (holder_of(first), holder_of(second)) == ("noor", None)


def test_without_javascript_taking_over_leads_back_to_the_item(desk, omar, first):
    claims.claim(first.pk, omar, now=timezone.now())
    answer = post(desk, first, "take-over", query="lane=held")
    assert answer["Location"] == address(first, "?lane=held")


def test_a_decided_item_cannot_be_taken_over(desk, omar, first):
    decide(first.pk, DecisionRequest(DecisionKind.DISMISS), omar, now=timezone.now())
    assert post(desk, first, "take-over", PIECE).status_code == 409


def test_a_claim_of_what_another_holds_shows_the_pane_anew(desk, omar, first):
    claims.claim(first.pk, omar, now=timezone.now())
    answer = post(desk, first, "claim", PIECE)
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#item")


def test_a_skipped_item_is_let_go_and_stays_open(desk, first, second):
    post(desk, first, "claim")
    answer = post(desk, first, "skip", PIECE, next="", query="")
    assert answer["HX-Push-Url"] == address(second)
    assert holder_of(first) is None
    assert first.status == "open"
    assert "gavel:skipped" in answer["HX-Trigger"]


def test_a_skipped_item_leaves_the_undo_bar(desk, first, second):
    piece = post(desk, first, "skip", PIECE, query="").content.decode()
    assert 'id="undo" hx-swap-oob' not in piece


def test_undo_opens_the_item_again(desk, first, second):
    ruled(desk, first, "reject", PIECE)
    answer = post(desk, first, "undo", PIECE)
    assert f'data-review="{first.pk}"' in answer.content.decode()
    assert answer["HX-Push-Url"] == address(first)
    assert holder_of(first) == "noor"


def test_anothers_decision_is_not_undone(desk, omar, first):
    decide(first.pk, DecisionRequest(DecisionKind.REJECT), omar, now=timezone.now())
    answer = post(desk, first, "undo", PIECE)
    assert answer.status_code == 403
    assert "Omar decided this" in answer.content.decode()


def test_a_note_is_added_to_the_others(desk, first):
    piece = post(desk, first, "notes", PIECE, text=" a quote <b> ").content.decode()
    assert "a quote &lt;b&gt;" in piece
    assert ReviewNote.objects.get().text == "a quote <b>"


def test_without_javascript_a_note_leads_back_to_the_notes(desk, first):
    assert post(desk, first, "notes", text="hm")["Location"] == address(first, "#notes")


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_an_empty_or_endless_note_is_refused(desk, first, text):
    assert post(desk, first, "notes", PIECE, text=text).status_code == 422


@pytest.mark.parametrize("verb", ["claim", "release", "decide", "skip", "undo", "notes"])
def test_a_viewer_may_do_nothing(browser_of, project, first, verb):
    viewer = browser_of(factories.make_caller(project, "viewer"))
    assert post(viewer, first, verb, PIECE, ruling="approve", text="hm").status_code == 403


@pytest.mark.parametrize("verb", ["claim", "release", "decide", "skip", "undo", "notes"])
def test_another_projects_item_is_absent(desk, verb):
    other = factories.make_item(factories.make_project("other"))
    assert post(desk, other, verb, PIECE, ruling="approve", text="hm").status_code == 404


@pytest.mark.parametrize("verb", ["release", "decide", "skip", "undo", "notes"])
def test_who_comes_by_a_verbs_address_is_shown_the_item(desk, first, verb):
    assert desk.get(address(first, f"/{verb}"))["Location"] == address(first)
