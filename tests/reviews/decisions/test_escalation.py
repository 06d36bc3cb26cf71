"""Escalate with a reason; an admin's answer gives the item back to the moderators."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.lib.errors import Conflict, Forbidden
from moderation.models import AuditEntry
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.escalation import Escalation, answer_escalation, escalation_of, explain
from reviews.decisions.notes import add_note
from reviews.decisions.undo import undo
from reviews.models import Claim, ReviewItem, ReviewNote
from reviews.queue import claims
from tests.factories import FLAGGED, make_caller, make_item
from tests.reviews.moments import NOON
from tests.reviews.reading import told

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


def test_reason_and_answer_are_stored_told_and_audited(item, noor, ada):
    began, asked, answered = (NOON + timedelta(minutes=n) for n in range(3))
    decide(item.pk, ESCALATE, noor, now=began)
    explained = explain(item.pk, "Is this satire?", noor, now=asked)
    given_back = answer_escalation(item.pk, "Keep it", ada, now=answered)
    note = ReviewNote.objects.get()
    assert (note.review, note.author, note.text, note.is_answer, note.created_at) == (
        item, "ada", "Keep it", True, answered,
    )  # fmt: skip
    assert escalation_of(stored(item)) == Escalation(explained, note)
    assert (given_back.answered_at, given_back.version) == (answered, 3)
    update = told("review_update")[-1]
    assert (update["version"], update["claimed_by"]) == (3, None)
    assert update["timestamp"] == "2030-05-01T12:02:00.000Z"
    entries = AuditEntry.objects.filter(action__in=["review.explained", "review.answered"])
    assert set(entries.values_list("actor", "object_id", "created_at")) == {
        ("noor", str(item.pk), asked),
        ("ada", str(item.pk), answered),
    }


def test_the_first_source_comes_back_after_a_second_escalation(item, noor, ada):
    ReviewItem.objects.update(source="report")
    for _ in range(2):
        escalate(item, noor)
        claims.claim(item.pk, ada, now=timezone.now())
        answer(item, ada)
        assert (stored(item).source, Claim.objects.count()) == ("report", 0)


def test_the_first_source_comes_back_though_an_admin_passed_it_on_again(item, noor, ada):
    for caller in (noor, ada):
        escalate(item, caller)
    answer(item, make_caller(item.project, "owner", "olga"))
    assert stored(item).source == "engine"


def test_an_appeal_stays_one_when_it_is_given_back(item, noor, ada):
    escalate(item, noor)
    ReviewItem.objects.update(source="appeal")
    answer(item, ada)
    assert stored(item).source == "appeal"


def test_what_somebody_else_holds_or_decided_is_not_answered(item, noor, ada):
    other = make_caller(item.project, "admin", "olga")
    escalate(item, noor)
    claims.claim(item.pk, other, now=timezone.now())
    with pytest.raises(Conflict, match="olga holds this review"):
        answer(item, ada)
    decide(item.pk, DecisionRequest("approve"), other, now=timezone.now())
    with pytest.raises(Conflict, match="olga has already decided"):
        answer(item, ada)


def test_an_answered_escalation_takes_no_reason(item, noor, ada):
    escalate(item, noor)
    answer(item, ada)
    with pytest.raises(Conflict):
        explain(item.pk, "late", noor, now=timezone.now())


def test_a_plain_item_and_its_notes_are_no_escalation(item, noor):
    assert escalation_of(stored(item)) is None
    escalate(item, noor)
    add_note(item.pk, "seen", noor, now=timezone.now())
    assert escalation_of(stored(item)).answer is None


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
