"""The console asks why somebody escalates, and shows the admin's answer."""

import pytest
from django.utils import timezone

from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import Decision
from tests.factories import FLAGGED, make_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def escalated(project, noor):
    item = make_item(project, FLAGGED)
    decide(item.pk, DecisionRequest("escalate"), noor, now=timezone.now())
    return item


def address(item, verb=""):
    return f"/p/forum/queue/{item.pk}{verb}"


def text_of(answer):
    return answer.content.decode()


def test_the_bar_asks_why(desk, project):
    item = make_item(project, FLAGGED)
    sent = {"ruling": "escalate", "version": item.version, "next": "", "query": ""}
    answer = desk.post(address(item, "/decide"), sent, headers={"HX-Request": "true"})
    assert "Why should an admin look?" in text_of(answer)
    assert Decision.objects.get().ruling == "escalate"


def test_the_reason_is_stored_and_shown_to_admins(desk, browser_of, ada, escalated):
    desk.post(address(escalated, "/explain"), {"text": "Is this <b>satire</b>?"})
    page = text_of(browser_of(ada).get(address(escalated)))
    assert "Is this &lt;b&gt;satire&lt;/b&gt;?" in page
    assert "Answer and give back" in page


def test_the_answer_comes_back_with_the_item(desk, browser_of, ada, escalated):
    assert str(escalated.pk) not in text_of(desk.get("/p/forum/queue"))
    browser_of(ada).post(address(escalated, "/answer"), {"text": "Keep it"})
    assert "Answered" in text_of(desk.get("/p/forum/queue"))
    page = text_of(desk.get(address(escalated)))
    assert "Keep it" in page
    assert "Answer and give back" not in page


def test_an_empty_answer_is_refused(browser_of, ada, escalated):
    assert browser_of(ada).post(address(escalated, "/answer"), {"text": " "}).status_code == 422


def test_a_moderator_gets_no_answer_form(desk, escalated):
    assert "Answer and give back" not in text_of(desk.get(address(escalated)))
    assert desk.post(address(escalated, "/answer"), {"text": "me"}).status_code == 403
