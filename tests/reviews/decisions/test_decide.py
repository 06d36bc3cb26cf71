from datetime import timedelta

import pytest

from moderation.lib.errors import Conflict, Forbidden, NotFound
from moderation.models import AuditEntry, Ban, Strike
from reviews.appeals import ask
from reviews.decisions.case import BanRequest, Case, DecisionRequest, lock_case, lock_log
from reviews.decisions.decide import decide
from reviews.models import DecisionKind
from reviews.queue import claims
from tests import factories
from tests.reviews.moments import NOON
from tests.reviews.reading import tallies, told

pytestmark = pytest.mark.django_db

APPROVE, REJECT = DecisionRequest(DecisionKind.APPROVE), DecisionRequest(DecisionKind.REJECT)


@pytest.fixture
def strict(db):
    return factories.make_project("strict", preset="strict")


@pytest.fixture
def held(strict):
    """Content that strict holds back, with the strike that it brought."""
    return factories.make_item(strict, user_id="u1", now=NOON)


@pytest.fixture
def sam(strict):
    return factories.make_caller(strict, "moderator", "sam")


def log_of(item):
    item.log.refresh_from_db()
    return item.log


@pytest.mark.parametrize("ruling", ["approve", "dismiss"])
def test_approved_and_dismissed_content_stands(held, sam, ruling):
    decided = decide(held.pk, DecisionRequest(DecisionKind(ruling)), sam, now=NOON)
    log = log_of(held)
    assert (log.status, log.is_approved, log.is_violation) == ("approved", True, False)
    assert (log.stage, log.moderator_type, log.moderator_name) == ("human-review", "manual", "sam")
    assert (decided.status, decided.version) == ("decided", 2)


def test_approval_takes_back_the_strike(held, sam):
    decide(held.pk, APPROVE, sam, now=NOON)
    assert not Strike.objects.active(NOON).exists()


def test_approval_lifts_the_ban_that_stood_on_the_strike(strict, sam):
    items = [factories.make_item(strict, user_id="u1", now=NOON) for _ in range(2)]
    factories.make_log(strict, factories.BLOCKED, user_id="u1", now=NOON)
    assert Ban.objects.active(NOON).exists()
    decide(items[0].pk, APPROVE, sam, now=NOON)
    assert not Ban.objects.active(NOON).exists()
    assert told("ban_update")[-1]["active"] is False


def test_approval_of_hidden_content_is_told_outside_after_the_hold(held, sam):
    decide(held.pk, APPROVE, sam, now=NOON)
    event = held.project.events.get(type="moderation.content_restored")
    assert event.data["message_id"] == held.log.message_id
    assert event.hold_until == NOON + timedelta(seconds=10)


def test_approval_of_content_that_was_shown_is_not_told_outside(item, noor):
    decide(item.pk, APPROVE, noor, now=NOON)
    assert told("moderation.content_restored") == []


def test_rejected_content_is_hidden_and_told_outside(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    log = log_of(item)
    assert (log.status, log.is_approved, log.is_violation) == ("rejected", False, True)
    assert told("moderation.message_blocked")[0]["message_id"] == "m1"


def test_rejection_gives_one_strike(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    assert Strike.objects.active(NOON).get().given_by == "noor"
    assert told("moderation.warning")[0]["strike_count"] == 1


def test_a_strike_that_stands_counts_as_the_one(held, sam):
    decide(held.pk, REJECT, sam, now=NOON)
    assert Strike.objects.active(NOON).count() == 1


def test_rejection_without_strike_takes_back_one_that_stood(held, sam):
    decide(held.pk, DecisionRequest(DecisionKind.REJECT, strike=False), sam, now=NOON)
    assert not Strike.objects.active(NOON).exists()


def test_rejection_in_advisory_gives_no_strike():
    project = factories.make_project(preset="advisory")
    item, caller = factories.make_item(project), factories.make_caller(project)
    decide(item.pk, REJECT, caller, now=NOON)
    assert not Strike.objects.exists()


def test_the_third_strike_by_a_human_bans(project, noor):
    items = [factories.make_item(project, user_id="u1", now=NOON) for _ in range(3)]
    for item in items:
        decide(item.pk, REJECT, noor, now=NOON)
    assert Ban.objects.active(NOON).get().type == "temporary"
    assert told("moderation.user_banned")[0]["user_id"] == "u1"


@pytest.mark.parametrize(("named", "stored"), [(None, "general"), ("", ""), ("other", "other")])
def test_a_ban_is_given_where_it_was_ordered(item, noor, named, stored):
    order = DecisionRequest(DecisionKind.REJECT, ban=BanRequest("temporary", 2, named))
    decide(item.pk, order, noor, now=NOON)
    ban = Ban.objects.get()
    assert (ban.channel_id, ban.expires_at) == (stored, NOON + timedelta(hours=2))


def test_a_decision_is_told_and_counted(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    update = told("review_update")[-1]
    assert (update["status"], update["decision"], update["decided_by"]) == (
        "decided",
        "reject",
        "noor",
    )
    assert told("moderation_update")[-1]["moderator_type"] == "manual"
    assert told("user_activity")[-1]["triggered_by"] == str(item.log_id)
    assert tallies() == {"total": 1, "flagged": 0, "rejected": 1, "open_reviews": 0}


def test_a_decision_is_audited(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    assert AuditEntry.objects.get(action="review.decided").data["decision"] == "reject"


def test_the_second_decider_learns_of_the_first(item, noor, omar):
    decide(item.pk, REJECT, noor, now=NOON)
    with pytest.raises(Conflict) as refusal:
        decide(item.pk, APPROVE, omar, now=NOON)
    assert refusal.value.extra == {
        "decided_by": "noor",
        "decided_at": "2030-05-01T12:00:00.000Z",
        "decision": "reject",
    }


def test_a_stale_version_is_refused(item, noor):
    with pytest.raises(Conflict) as refusal:
        decide(item.pk, DecisionRequest(DecisionKind.APPROVE, version=7), noor, now=NOON)
    assert refusal.value.extra["version"] == 1


def test_anothers_claim_is_respected_unless_taken_over(item, noor, omar):
    claims.claim(item.pk, noor, now=NOON)
    with pytest.raises(Conflict) as refusal:
        decide(item.pk, APPROVE, omar, now=NOON)
    assert refusal.value.extra["claimed_by"] == "noor"
    decided = decide(item.pk, DecisionRequest(DecisionKind.APPROVE, take_over=True), omar, now=NOON)
    assert decided.status == "decided"


def test_an_escalated_item_stays_open_and_is_free(item, noor):
    claims.claim(item.pk, noor, now=NOON)
    passed_on = decide(item.pk, DecisionRequest(DecisionKind.ESCALATE), noor, now=NOON)
    assert (passed_on.status, passed_on.escalated, passed_on.source) == ("open", True, "escalation")
    assert passed_on.live_claim(NOON) is None
    assert log_of(item).status == "flagged"


def test_an_escalated_item_is_decided_by_admins_only(item, noor, ada):
    decide(item.pk, DecisionRequest(DecisionKind.ESCALATE), noor, now=NOON)
    with pytest.raises(Forbidden):
        decide(item.pk, APPROVE, noor, now=NOON)
    assert decide(item.pk, APPROVE, ada, now=NOON).status == "decided"


def test_content_that_was_removed_in_the_meantime_is_told_as_that(item):
    assert lock_log(item.log_id) == item.log
    item.log.delete()
    with pytest.raises(NotFound, match="has been removed in the meantime"):
        lock_log(item.log_id)


def test_a_case_has_the_present_rows_and_a_cause_of_its_own(item, noor):
    log = item.log
    log.score = 0.5
    log.save()
    case = lock_case(item.pk, noor, now=NOON, reason_code="insult")
    assert (case.item, case.log, case.log.score, case.reason_code) == (item, log, 0.5, "insult")
    assert case.item.log is case.log
    assert case.policy.decision_hold_seconds == 10
    cause = case.cause
    assert (cause.by, cause.decision, cause.reason) == ("noor", case.decision_id, "")
    assert cause.hold_until == NOON + timedelta(seconds=10)
    assert Case(case.item, log, case.policy, noor, NOON).decision_id != case.decision_id


def test_the_version_that_was_seen_is_enough(item, noor):
    order = DecisionRequest(DecisionKind.APPROVE, version=item.version)
    assert decide(item.pk, order, noor, now=NOON).version == item.version + 1


def test_an_appeal_is_answered_and_may_only_be_passed_on(held, sam):
    appeal, _ = ask.appeal(held.log, "A joke.", now=NOON)
    with pytest.raises(Conflict, match="decide the appeal") as refusal:
        decide(held.pk, REJECT, sam, now=NOON)
    assert refusal.value.extra == {"appeal_id": str(appeal.pk)}
    passed_on = decide(held.pk, DecisionRequest(DecisionKind.ESCALATE), sam, now=NOON)
    assert (passed_on.source, passed_on.escalated) == ("appeal", True)


@pytest.mark.parametrize(
    ("strike", "ladder", "strikes", "bans"),
    [(None, True, 3, 1), (True, True, 3, 1), (True, False, 3, 0), (None, False, 3, 0),
     (False, True, 2, 0)],
)  # fmt: skip
def test_the_third_strike_bans_unless_the_decision_says_otherwise(
    project, noor, strike, ladder, strikes, bans
):
    texts = [f"{factories.FLAGGED} {number}" for number in range(3)]
    items = [factories.make_item(project, text, user_id="u1", now=NOON) for text in texts]
    for item in items[:2]:
        decide(item.pk, REJECT, noor, now=NOON)
    order = DecisionRequest(DecisionKind.REJECT, strike=strike, ladder=ladder)
    decide(items[2].pk, order, noor, now=NOON)
    assert (Strike.objects.active(NOON).count(), Ban.objects.count()) == (strikes, bans)


def test_where_the_policy_gives_no_strikes_a_person_may():
    advisory = factories.make_project(preset="advisory")
    item, caller = factories.make_item(advisory), factories.make_caller(advisory)
    decide(item.pk, DecisionRequest(DecisionKind.REJECT, strike=True), caller, now=NOON)
    assert Strike.objects.active(NOON).count() == 1


def test_a_lifted_ban_says_why(strict, sam):
    items = [factories.make_item(strict, user_id="u1", now=NOON) for _ in range(3)]
    lifted = []
    for item, order in zip(items, (APPROVE, DecisionRequest(DecisionKind.DISMISS)), strict=False):
        decide(item.pk, order, sam, now=NOON)
        lifted += Ban.objects.exclude(lifted_at=None).values_list("lifted_by", "lift_reason")
    assert lifted[0] == ("sam", "content approved")
