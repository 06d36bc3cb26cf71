"""Escalate with a reason; an admin's answer gives the item back to the moderators."""

import pytest
from django.utils import timezone

from moderation.lib.errors import Conflict, Forbidden
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.escalation import answer_escalation, escalation_of, explain
from reviews.decisions.undo import undo
from reviews.models import ReviewItem
from tests.factories import FLAGGED, make_item

pytestmark = pytest.mark.django_db
ESCALATE = DecisionRequest("escalate")


@pytest.fixture
def item(project):
    return make_item(project, FLAGGED)


def escalate(item, caller):
    decide(item.pk, ESCALATE, caller, now=timezone.now())


def answer(item, caller, text="Keep it: a quote"):
    return answer_escalation(item.pk, text, caller, now=timezone.now())


def stored(item):
    return ReviewItem.objects.get(pk=item.pk)


def test_the_reason_reaches_the_admin(item, noor):
    escalate(item, noor)
    explain(item.pk, "Is this satire?", noor, now=timezone.now())
    assert escalation_of(stored(item)).decision.note == "Is this satire?"


def test_only_who_escalated_explains_and_only_once(item, noor, omar):
    escalate(item, noor)
    with pytest.raises(Conflict):
        explain(item.pk, "mine", omar, now=timezone.now())
    explain(item.pk, "first", noor, now=timezone.now())
    with pytest.raises(Conflict):
        explain(item.pk, "second", noor, now=timezone.now())


def test_the_answer_gives_the_item_back_as_it_was(item, noor, ada):
    escalate(item, noor)
    answer(item, ada)
    after = stored(item)
    assert (after.escalated, after.source, after.status) == (False, item.source, "open")
    assert escalation_of(after).answer.text == "Keep it: a quote"
    decide(item.pk, DecisionRequest("approve"), noor, now=timezone.now())


def test_a_moderator_does_not_answer(item, noor):
    escalate(item, noor)
    with pytest.raises(Forbidden):
        answer(item, noor)


def test_what_is_not_escalated_is_not_answered(item, ada):
    with pytest.raises(Conflict):
        answer(item, ada)


def test_a_second_escalation_waits_for_a_new_answer(item, noor, ada):
    escalate(item, noor)
    answer(item, ada)
    escalate(item, noor)
    assert escalation_of(stored(item)).answer is None


def test_an_undone_escalation_is_not_shown(item, noor):
    escalate(item, noor)
    undo(item.pk, noor, now=timezone.now())
    assert escalation_of(stored(item)) is None
