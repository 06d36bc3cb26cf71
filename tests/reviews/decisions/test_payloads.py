"""What a decision and its undo store, tell and audit, field by field."""

from datetime import timedelta

import pytest

from moderation.models import AuditEntry, Ban, ModerationLog, OutboxEvent, StaleHour, Strike
from moderation.rules import change_policy
from reviews.decisions.case import BanRequest, DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.decide_message import decide_content, decide_message
from reviews.decisions.undo import undo
from reviews.models import Decision, DecisionKind, ReviewItem
from tests import factories
from tests.reviews.moments import NOON
from tests.reviews.reading import tallies, told

pytestmark = pytest.mark.django_db
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
APPROVE, REJECT, DISMISS, ESCALATE = (DecisionRequest(DecisionKind(kind)) for kind in DecisionKind)


@pytest.fixture
def held(db):
    """Content that strict holds back, with the strike that it brought."""
    strict = factories.make_project("strict", preset="strict")
    return factories.make_item(strict, user_id="u1", message_id="m1", now=NOON)


@pytest.fixture
def sam(held):
    return factories.make_caller(held.project, "moderator", "sam")


def message_of(item):
    return {
        "user_id": "u1", "channel_id": "general", "message_id": "m1",
        "content_id": str(item.log_id), "project_id": item.project.slug,
    }  # fmt: skip


def moments(*types):
    """Return when events were stored and until when they are held."""
    events = OutboxEvent.objects.filter(type__in=types)
    return set(events.values_list("created_at", "hold_until"))


def test_a_decision_is_stored_with_what_it_changed(item, noor):
    order = DecisionRequest(
        DecisionKind.REJECT, "insult", "see the thread", ban=BanRequest("permanent")
    )
    decide(item.pk, order, noor, now=NOON + SECOND)
    stored = Decision.objects.values().get()
    assert stored.pop("id")
    assert stored.pop("effects") == {
        "log": {
            "status": "flagged", "is_approved": True, "is_violation": True, "stage": "rules",
            "moderator_type": "rule", "moderator_name": "Lexicon",
        },
        "item": {"source": "engine", "escalated": False},
        "revision": 1,
        "strikes_given": [str(Strike.objects.get().pk)], "strikes_revoked": [],
        "bans_issued": [str(Ban.objects.get().pk)], "bans_lifted": [],
    }  # fmt: skip
    assert stored == {
        "project_id": item.project_id, "review_id": item.pk, "ruling": "reject", "is_final": True,
        "reason_code": "insult", "note": "see the thread", "decided_by": "noor",
        "decider": noor.identity, "key_maker": "", "moderator_id": noor.user.pk,
        "decided_at": NOON + SECOND, "undone_at": None, "undone_by": "",
    }  # fmt: skip
    entry = AuditEntry.objects.get(action="review.decided")
    assert (entry.actor, entry.object_id, entry.created_at) == ("noor", str(item.pk), NOON + SECOND)
    assert entry.data == {"decision": "reject", "reason_code": "insult"}


def test_an_approval_stores_which_strikes_it_took_back(held, sam):
    decide(held.pk, APPROVE, sam, now=NOON)
    effects = Decision.objects.get().effects
    strike = Strike.objects.get()
    assert (effects["strikes_given"], effects["strikes_revoked"]) == ([], [str(strike.pk)])
    assert (strike.revoked_at, strike.revoked_by) == (NOON, "sam")


def test_an_escalation_stores_the_item_as_it_was(item, noor):
    decide(item.pk, ESCALATE, noor, now=NOON)
    stored = Decision.objects.get()
    assert (stored.is_final, stored.effects) == (
        False,
        {"item": {"source": "engine", "escalated": False}},
    )
    update = told("review_update")[-1]
    assert (update["status"], update["decision"], update["version"]) == ("open", "escalate", 2)
    assert ReviewItem.objects.get().version == 2


@pytest.mark.parametrize(
    ("code", "reason"), [("insult", "insult"), ("", "harassment")], ids=["chosen", "the engine's"]
)
def test_hidden_content_is_told_outside_with_its_reason(item, noor, code, reason):
    decide(item.pk, DecisionRequest(DecisionKind.REJECT, code), noor, now=NOON)
    blocked = {"reason": reason, "toxicity_score": item.log.score}
    assert told("moderation.message_blocked") == [{**message_of(item), **blocked}]
    warned = {"strike_count": 1, "severity": item.log.severity}
    assert told("moderation.warning") == [{**message_of(item), **warned}]
    types = ("moderation.message_blocked", "moderation.warning", "moderation_update")
    late = {(NOON, NOON + 10 * SECOND)}
    assert moments(*types[:2]) == late < moments("moderation_update")


def test_content_without_a_reason_says_that_a_moderator_decided(project, noor):
    log = factories.make_log(project, user_id="u1", message_id="m1", now=NOON)
    order = DecisionRequest(DecisionKind.REJECT, ban=BanRequest("temporary", minutes=5))
    decide_content(log.pk, order, noor, now=NOON)
    assert told("moderation.message_blocked")[0]["reason"] == "rejected by a moderator"
    ban = Ban.objects.get()
    assert (ban.reason, ban.log, ban.issued_by) == ("decided by a moderator", log, "noor")
    assert (ban.expires_at, ban.rests_on_strikes) == (NOON + 300 * SECOND, False)


@pytest.mark.parametrize(("code", "reason"), [("insult", "insult"), ("", "harassment")])
def test_a_ban_by_hand_gives_the_reason(item, noor, code, reason):
    order = DecisionRequest(DecisionKind.REJECT, code, ban=BanRequest("permanent"))
    decide(item.pk, order, noor, now=NOON)
    assert Ban.objects.get().reason == reason


def test_a_ban_of_the_ladder_stands_for_the_warning(project, noor):
    items = [factories.make_item(project, user_id="u1", now=NOON) for _ in range(3)]
    for item in items:
        decide(item.pk, REJECT, noor, now=NOON)
    assert [event["strike_count"] for event in told("moderation.warning")] == [1, 2]


def test_restored_content_is_told_everywhere(held, sam):
    decide(held.pk, APPROVE, sam, now=NOON)
    assert told("moderation.content_restored") == [{**message_of(held), "restored_by": "sam"}]
    update = told("moderation_update")[-1]
    assert (update["restored"], update["review_id"]) == (True, str(held.pk))
    assert update["timestamp"] == "2030-05-01T12:00:00.000Z"
    assert moments("moderation.content_restored") == {(NOON, NOON + 10 * SECOND)}


@pytest.mark.parametrize("order", [APPROVE, DISMISS, REJECT])
def test_content_that_stays_as_it_was_is_restored_for_nobody(item, noor, order):
    decide(item.pk, order, noor, now=NOON)
    assert told("moderation_update")[-1]["restored"] is False
    assert told("moderation.content_restored") == []


def test_content_that_stays_shown_or_hidden_is_told_to_nobody_outside(item, held, noor, sam):
    OutboxEvent.objects.all().delete()
    decide(item.pk, APPROVE, noor, now=NOON)
    decide(held.pk, REJECT, sam, now=NOON)
    assert not OutboxEvent.objects.filter(audience="outside").exists()


def test_only_a_dismissal_says_nothing_about_rules(held, sam):
    ModerationLog.objects.update(rule_hits=["rule:r1"])
    sums = []
    for order in (APPROVE, REJECT, DISMISS):
        decide(held.pk, order, sam, now=NOON)
        events = OutboxEvent.objects.filter(type="moderation_update").order_by("id")
        sums.append({name: n for name, n in events.last().tally.items() if ":" in name})
        undo(held.pk, sam, now=NOON)
        sums.append({name: n for name, n in events.last().tally.items() if ":" in name})
    assert sums == [{"kept:r1": 1}, {"kept:r1": -1}, {"gone:r1": 1}, {"gone:r1": -1}, {}, {}]


# --- By message


@pytest.mark.parametrize("by", ["message", "content"])
def test_a_message_that_was_never_flagged_gets_a_review_and_is_decided(project, noor, by):
    factories.make_log(project, now=NOON)
    factories.make_log(factories.make_project("other"), message_id="m1", now=NOON)
    log = factories.make_log(project, user_id="u1", message_id="m1", now=NOON)
    if by == "message":
        decided = decide_message("m1", REJECT, noor, now=NOON + SECOND)
    else:
        decided = decide_content(log.pk, REJECT, noor, now=NOON + SECOND)
    assert (decided.log, decided.status, decided.created_at) == (log, "decided", NOON + SECOND)
    assert [(event["status"], event["decision"]) for event in told("review_update")] == [
        ("open", None),
        ("decided", "reject"),
    ]
    assert {at for at, _ in moments("review_update")} == {NOON + SECOND}
    assert tallies()["open_reviews"] == 0


def test_an_open_review_is_joined_and_not_counted_again(item, noor):
    assert decide_message("m1", APPROVE, noor, now=NOON) == item
    assert tallies()["open_reviews"] == 0


# --- Undo


def test_an_undo_is_stored_and_audited(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    undo(item.pk, noor, now=NOON + SECOND)
    made = Decision.objects.get()
    assert (made.undone_at, made.undone_by) == (NOON + SECOND, "noor")
    entry = AuditEntry.objects.get(action="review.undone")
    assert (entry.actor, entry.object_id, entry.created_at) == ("noor", str(item.pk), NOON + SECOND)
    assert entry.data == {"decision": "reject"}
    item.refresh_from_db()
    assert (item.status, item.decided_at, item.version) == ("open", None, 3)


def test_a_reversal_is_told_outside_with_the_state_it_leads_back_to(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    undo(item.pk, noor, now=NOON + 10 * SECOND)
    reversed_ = {
        "review_id": str(item.pk), "decision": "reject", "status": "flagged", "is_approved": True,
        "reversed_by": "noor",
    }  # fmt: skip
    assert told("moderation.decision_reversed") == [{**message_of(item), **reversed_}]


def test_what_an_undo_tells_inside_waits_as_the_decision_did(item, noor):
    change_policy(item.project, "tests", {"decision_hold_seconds": 30})
    decide(item.pk, REJECT, noor, now=NOON)
    undo(item.pk, noor, now=NOON + 5 * SECOND)
    newest = OutboxEvent.objects.order_by("-id").filter(type="moderation_update").first()
    review = OutboxEvent.objects.order_by("-id").filter(type="review_update").first()
    for event in (newest, review):
        assert (event.hold_until, event.created_at) == (NOON + 30 * SECOND, NOON + 5 * SECOND)
        assert event.cause == Decision.objects.get().pk
    assert newest.data["review_id"] == str(item.pk)
    assert newest.data["timestamp"] == "2030-05-01T12:00:05.000Z"


def test_an_undo_has_the_hour_of_the_decision_added_up_again(item, noor, ada):
    decide(item.pk, REJECT, noor, now=NOON)
    undo(item.pk, ada, now=NOON + SECOND)
    assert not StaleHour.objects.exists()
    decide(item.pk, REJECT, noor, now=NOON + HOUR)
    StaleHour.objects.all().delete()
    undo(item.pk, ada, now=NOON + 2 * HOUR)
    hours = set(StaleHour.objects.values_list("project", "hour"))
    assert hours == {(item.project_id, NOON), (item.project_id, NOON + HOUR)}


def test_an_undo_that_leaves_the_content_as_it_was_has_that_hour_added_up_too(item, noor, ada):
    decide(item.pk, APPROVE, noor, now=NOON)
    second = decide_content(item.log_id, DISMISS, noor, now=NOON + HOUR)
    StaleHour.objects.all().delete()
    undo(second.pk, ada, now=NOON + 2 * HOUR)
    assert StaleHour.objects.get().hour == NOON + HOUR


def test_strikes_and_bans_come_back_only_as_the_undone_decision_changed_them(item, noor):
    order = DecisionRequest(DecisionKind.REJECT, ban=BanRequest("permanent"))
    decide(item.pk, order, noor, now=NOON)
    undo(item.pk, noor, now=NOON + SECOND)
    strike, ban = Strike.objects.get(), Ban.objects.get()
    assert (strike.revoked_at, strike.revoked_by) == (NOON + SECOND, "noor")
    ended = (ban.lifted_at, ban.lifted_by, ban.lift_reason)
    assert ended == (NOON + SECOND, "noor", "the decision was undone")
