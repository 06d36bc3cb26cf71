"""An item in the console: who can see what, and that hostile text stays text."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from moderation.models import Preferences
from moderation.rules.active import invalidate
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.notes import add_note
from reviews.models import DecisionKind, Report
from reviews.queue import claims
from tests import factories

pytestmark = pytest.mark.django_db

HOSTILE = "<img src=x onerror=alert(1)> \u202e idiot " + "x" * 9000
PIECE = {"HX-Request": "true"}


def address(item, verb=""):
    return f"/p/forum/queue/{item.pk}{verb}"


def shown(client, item, query="", **headers):
    return client.get(address(item) + query, headers=headers).content.decode()


@pytest.fixture
def held_up(project):
    """Flagged content of the present, which the pages look at."""
    return factories.make_item(project, user_id="u1")


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client, item):
    answer = client.get(address(item))
    assert (answer.status_code, answer["Location"][:7]) == (302, "/login?")


def test_a_stranger_finds_nothing(client, django_user_model, item):
    client.force_login(django_user_model.objects.create_user("stranger"))
    assert client.get(address(item)).status_code == 404


def test_another_projects_item_is_absent(desk):
    other = factories.make_item(factories.make_project("other"))
    assert desk.get(address(other)).status_code == 404


def test_the_item_is_shown_with_its_marks_and_verbs(desk, held_up):
    page = shown(desk, held_up)
    assert '<mark data-kind="harassment" title="harassment 0.75, word list">idiot</mark>' in page
    for verb in ("approve", "reject", "dismiss", "escalate", "skip"):
        assert f'data-verb="{verb}"' in page
    assert "Without “<bdi>" in page


def test_copies_are_one_card_that_is_decided_together(desk, project, held_up):
    twin = factories.make_item(project, f"{held_up.log.content}!", user_id="u2")
    page = shown(desk, held_up)
    assert "1 more open item with the same or nearly the same text" in page
    sent = {"all": "1", "query": f"near={held_up.log.copy_hash}", "ruling": "reject"}
    ready = desk.post("/p/forum/queue/bulk", sent, follow=True).context["ready"]
    assert {plan.item.pk for plan in ready} == {held_up.pk, twin.pk}


def test_htmx_gets_the_pane_alone(desk, held_up):
    pane = shown(desk, held_up, **PIECE)
    assert "item-title" in pane
    assert "<html" not in pane


def test_looking_writes_nothing(desk, held_up):
    shown(desk, held_up)
    held_up.refresh_from_db()
    assert held_up.live_claim(timezone.now()) is None


def test_hostile_text_is_shown_as_text(desk, project):
    item = factories.make_item(project, HOSTILE, user_id="<b>u</b>")
    Report.objects.create(
        project=project, log=item.log, review=item, reporter_id="<i>r", reason="<s>", note="<u>n"
    )
    page = shown(desk, item, "?view=raw")
    for text in ("<img src=x", "<b>u</b>", "<i>r", "<s>", "<u>n"):
        assert text not in page
    assert "&lt;img src=x" in page


def test_raw_json_writes_out_what_cannot_be_seen(desk, project):
    page = shown(desk, factories.make_item(project, HOSTILE), "?view=raw")
    assert "\\u202e" in page.split('aria-label="Item as JSON"')[1]


def test_severe_words_are_covered_until_asked_for(desk, project):
    item = factories.make_item(project, factories.BLOCKED)
    assert "hidden " in shown(desk, item)
    clear = shown(desk, item, "?reveal=1").split('class="split-item"')[1]
    assert 'class="veil"' not in clear


def test_a_covered_word_is_not_named_elsewhere(desk, noor, project):
    item = factories.make_item(project)
    Preferences.objects.create(user=noor.user, veil="low")
    assert "the strongest finding (harassment)" in shown(desk, item)


def test_the_reasons_open_without_javascript(desk, held_up):
    page = shown(desk, held_up, "?reject=1")
    assert 'id="reject-panel">' in page
    assert 'id="reject-panel" hidden' in shown(desk, held_up)


def test_the_strongest_reason_is_chosen_and_tagged(desk, held_up):
    chosen = (
        shown(desk, held_up).split('name="reason_code" value="harassment"')[1].split("</label>")[0]
    )
    assert " checked>" in chosen
    assert "suggested" in chosen


def test_a_viewer_reads_and_is_told_why_there_are_no_verbs(browser_of, project, held_up):
    page = shown(browser_of(factories.make_caller(project, "viewer")), held_up)
    assert "you need the role moderator" in page
    assert "data-verb" not in page
    assert 'id="note-text"' not in page


def test_an_escalated_item_says_who_may_decide(desk, browser_of, ada, noor, held_up):
    decide(held_up.pk, DecisionRequest(DecisionKind.ESCALATE), noor, now=timezone.now())
    assert "only an admin or owner can claim and decide it" in shown(desk, held_up)
    assert 'data-verb="approve"' in shown(browser_of(ada), held_up)


def test_an_item_that_another_holds_offers_to_take_over(desk, omar, held_up):
    claims.claim(held_up.pk, omar, now=timezone.now())
    page = shown(desk, held_up)
    assert "Take over" in page
    assert 'data-verb="approve"' not in page
    assert f"/queue/{held_up.pk}/take-over" in page


def test_a_decided_item_says_who_ruled_what_and_what_it_did(desk, omar, held_up):
    order = DecisionRequest(DecisionKind.REJECT, reason_code="insult", note="seen before")
    decide(held_up.pk, order, omar, now=timezone.now())
    page = shown(desk, held_up)
    assert "Rejected: insult" in page
    assert "The message was hidden · 1 strike given" in page
    assert "seen before" in page
    assert "The person who decided can undo this" in page


def test_one_may_undo_ones_own(desk, noor, held_up):
    decide(held_up.pk, DecisionRequest(DecisionKind.APPROVE), noor, now=timezone.now())
    assert 'action="' + address(held_up, "/undo") in shown(desk, held_up)


def test_ones_last_decision_can_be_undone_from_another_item(desk, noor, project, held_up):
    decide(held_up.pk, DecisionRequest(DecisionKind.APPROVE), noor, now=timezone.now())
    page = shown(desk, factories.make_item(project))
    assert "undo-last" in page
    assert address(held_up, "/undo") in page


def test_after_ten_minutes_it_is_offered_no_more(desk, noor, project, held_up):
    long_ago = timezone.now() - timedelta(minutes=11)
    decide(held_up.pk, DecisionRequest(DecisionKind.APPROVE), noor, now=long_ago)
    assert "undo-last" not in shown(desk, factories.make_item(project))


def test_the_same_text_ruled_before_is_counted(desk, noor, project, held_up):
    decide(held_up.pk, DecisionRequest(DecisionKind.REJECT), noor, now=timezone.now())
    page = shown(desk, factories.make_item(project))
    assert '<li class="chip">Reject 1</li>' in page


def test_an_edit_shows_its_earlier_text(desk, project, held_up):
    log = held_up.log
    factories.make_log(project, "you loser", user_id="u1", message_id=log.message_id)
    page = shown(desk, held_up, "?view=revisions")
    assert "Revision 1" in page
    assert 'data-panel="revisions">' in page


def test_the_lists_address_is_carried_along(desk, held_up):
    page = shown(desk, held_up, "?lane=held&view=raw")
    assert '<input type="hidden" name="query" value="lane=held">' in page
    assert f'href="{address(held_up)}?lane=held&amp;view=conversation"' in page


def queries_for(client, item):
    # What is in force is looked up twice a second; here it always is.
    invalidate(item.project)
    with CaptureQueriesContext(connection) as asked:
        shown(client, item, **PIECE)
    return len(asked)


def test_a_rich_item_costs_no_more_queries_than_a_poor_one(desk, noor, omar, project):
    poor, rich = factories.make_item(project, user_id="u2"), None
    for number in range(6):
        rich = factories.make_item(project, user_id="u1")
        if number < 5:
            decide(rich.pk, DecisionRequest(DecisionKind.REJECT), omar, now=timezone.now())
    for number in range(4):
        add_note(rich.pk, f"note {number}", noor, now=timezone.now())
        Report.objects.create(
            project=project, log=rich.log, review=rich, reporter_id=f"r{number}", reason="spam"
        )
    shown(desk, poor, **PIECE)
    assert queries_for(desk, rich) == queries_for(desk, poor) <= 24


def test_the_raw_json_is_the_apis_row(desk, held_up):
    page = shown(desk, held_up)
    raw = page.split('aria-label="Item as JSON" dir="ltr">')[1].split("</pre>")[0]
    assert json.loads(raw.replace("&quot;", '"'))["content_id"] == str(held_up.log_id)
