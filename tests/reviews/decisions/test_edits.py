"""Edits of content that a moderator has decided on."""

from datetime import timedelta

import pytest

from moderation.engine.verdict.verdict import VerdictKind
from moderation.models import ModerationLog, Strike
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.undo import undo
from reviews.models import DecisionKind, ReviewItem
from reviews.queue.items import current_item
from tests import factories
from tests.reviews.moments import NOON
from tests.reviews.reading import tallies, told

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=30)
APPROVE, REJECT, DISMISS = DecisionKind.APPROVE, DecisionKind.REJECT, DecisionKind.DISMISS


def rule(item, ruling, caller, now=NOON, **more):
    return decide(item.pk, DecisionRequest(ruling, **more), caller, now=now)


def edit(project, content, now=LATER):
    """Send the item's message again with other content; return its log."""
    log = factories.make_log(project, content, user_id="u1", message_id="m1", now=now)
    log.refresh_from_db()
    return log


def state_of(log):
    return log.verdict, log.status, log.is_approved, log.action, log.stage


@pytest.mark.parametrize("content", [factories.CLEAN, "This is damn good"])
def test_a_harmless_edit_of_rejected_content_stays_hidden_and_waits(project, item, noor, content):
    rule(item, REJECT, noor)
    log = edit(project, content)
    assert state_of(log)[1:] == ("flagged", False, "flagged", "human-review")
    assert log.message == "Your message awaits review."
    waiting = current_item(log)
    assert (waiting.source, waiting.pk == item.pk) == ("engine", False)
    assert tallies()["open_reviews"] == 1


def test_a_blocked_edit_of_rejected_content_waits_too(project, item, noor):
    rule(item, REJECT, noor)
    log = edit(project, factories.BLOCKED)
    assert (log.status, log.is_approved, current_item(log) is None) == ("rejected", False, False)


def test_the_second_edit_stays_hidden_in_the_same_review(project, item, noor):
    rule(item, REJECT, noor)
    first = current_item(edit(project, "Hello you"))
    log = edit(project, "Hello there", LATER + timedelta(minutes=1))
    assert (log.is_approved, current_item(log).pk) == (False, first.pk)


def test_an_edit_brings_no_second_strike(project, item, noor):
    rule(item, REJECT, noor)
    edit(project, factories.BLOCKED)
    assert Strike.objects.filter(revoked_at=None).count() == 1


def test_approving_the_edit_shows_it_and_takes_the_strike_back(project, item, noor):
    rule(item, REJECT, noor)
    log = edit(project, factories.CLEAN)
    rule(current_item(log), APPROVE, noor, LATER)
    log.refresh_from_db()
    assert (log.status, log.is_approved) == ("approved", True)
    assert not Strike.objects.filter(revoked_at=None).exists()
    assert told("moderation.content_restored")[-1]["message_id"] == "m1"


@pytest.mark.parametrize("ruling", [APPROVE, DISMISS])
def test_an_edit_after_approval_is_judged_anew(project, item, noor, ruling):
    rule(item, ruling, noor)
    clean = edit(project, factories.CLEAN)
    assert state_of(clean) == (VerdictKind.ALLOW, "approved", True, "approved", "approved")
    blocked = edit(project, factories.BLOCKED, LATER + timedelta(minutes=1))
    assert state_of(blocked)[:3] == (VerdictKind.BLOCK, "rejected", False)


def test_an_edit_after_approval_can_need_a_review_again(project, item, noor):
    rule(item, APPROVE, noor)
    log = edit(project, f"{factories.FLAGGED} again")
    assert (log.status, log.is_approved) == ("flagged", True)
    assert ReviewItem.objects.open().get().log_id == log.pk


def test_an_edit_after_an_undone_rejection_is_judged_anew(project, item, noor):
    rule(item, REJECT, noor)
    undo(item.pk, noor, now=NOON)
    assert edit(project, factories.CLEAN).is_approved


def test_an_edit_of_what_only_the_engine_blocked_is_judged_anew(project):
    factories.make_log(project, factories.BLOCKED, user_id="u1", message_id="m1", now=NOON)
    assert edit(project, factories.CLEAN).is_approved


def test_a_decision_moves_the_time_of_the_last_change(project, item, noor):
    assert item.log.updated_at == NOON
    rule(item, REJECT, noor, LATER)
    log = ModerationLog.objects.get(pk=item.log_id)
    assert (log.judged_at, log.updated_at) == (NOON, LATER)
