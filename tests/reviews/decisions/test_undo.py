from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moderation.lib.errors import Conflict, Forbidden
from moderation.models import Ban, OutboxEvent, Strike
from reviews.appeals import ask
from reviews.appeals.answer import Answer, decide_appeal
from reviews.decisions.case import BanRequest, DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.undo import UNDO_WINDOW, last_decision_of, may_undo, undo
from reviews.models import Decision, DecisionKind
from reviews.queue.items import current_item
from tests import factories
from tests.reviews.moments import NOON
from tests.reviews.reading import tallies, told

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]

APPROVE, REJECT = DecisionRequest(DecisionKind.APPROVE), DecisionRequest(DecisionKind.REJECT)
SECOND = timedelta(seconds=1)
SOON = NOON + timedelta(seconds=5)
LATER = NOON + timedelta(minutes=5)


def outside():
    """The types of the events that leave the house."""
    events = OutboxEvent.objects.filter(audience="outside", cancelled_at=None)
    return list(events.order_by("id").values_list("type", flat=True))


def test_undo_reopens_the_item(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    reopened = undo(item.pk, noor, now=SOON)
    assert (reopened.status, reopened.version) == ("open", 3)
    assert told("review_update")[-1]["status"] == "open"


def test_undo_puts_back_content_and_counters(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    undo(item.pk, noor, now=SOON)
    item.log.refresh_from_db()
    assert (item.log.status, item.log.is_approved, item.log.stage) == ("flagged", True, "rules")
    assert tallies() == {"total": 1, "flagged": 1, "rejected": 0, "open_reviews": 1}


def test_undo_of_a_rejection_takes_back_strike_and_ban(item, noor):
    decide(
        item.pk, DecisionRequest(DecisionKind.REJECT, ban=BanRequest("permanent")), noor, now=NOON
    )
    undo(item.pk, noor, now=SOON)
    assert not Strike.objects.active(SOON).exists()
    assert not Ban.objects.active(SOON).exists()


def test_undo_within_the_hold_is_never_seen_outside(item, noor):
    decide(
        item.pk, DecisionRequest(DecisionKind.REJECT, ban=BanRequest("permanent")), noor, now=NOON
    )
    undo(item.pk, noor, now=SOON)
    assert outside() == []


def test_undo_after_the_hold_is_told_outside(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    OutboxEvent.objects.filter(audience="outside").update(sent_at=NOON + timedelta(seconds=11))
    undo(item.pk, noor, now=LATER)
    assert told("moderation.decision_reversed")[0]["message_id"] == "m1"


def test_undo_of_an_approval_puts_back_strikes_and_bans():
    project = factories.make_project(preset="strict")
    items = [factories.make_item(project, user_id="u1", now=NOON) for _ in range(2)]
    factories.make_log(project, factories.BLOCKED, user_id="u1", now=NOON)
    caller, ban = factories.make_caller(project), Ban.objects.get()
    decide(items[0].pk, APPROVE, caller, now=NOON)
    undo(items[0].pk, caller, now=SOON)
    assert Strike.objects.active(SOON).count() == 3
    assert list(Ban.objects.active(SOON)) == [ban]


def test_undo_leaves_the_strike_that_stood_before():
    project = factories.make_project(preset="strict")
    item, caller = factories.make_item(project, now=NOON), factories.make_caller(project)
    decide(item.pk, REJECT, caller, now=NOON)
    undo(item.pk, caller, now=SOON)
    assert Strike.objects.active(SOON).count() == 1


def test_undo_lifts_a_later_ban_that_stood_on_the_strike(project, noor):
    items = [factories.make_item(project, user_id="u1", now=NOON) for _ in range(3)]
    for item in items:
        decide(item.pk, REJECT, noor, now=NOON)
    undo(items[0].pk, noor, now=SOON)
    assert not Ban.objects.active(SOON).exists()


def test_an_undone_item_can_be_decided_again_and_undone_again(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    undo(item.pk, noor, now=SOON)
    decide(item.pk, REJECT, noor, now=SOON)
    undo(item.pk, noor, now=SOON)
    assert Decision.objects.filter(undone_by="noor").count() == 2
    assert not Strike.objects.active(SOON).exists()


def test_undo_of_an_escalation_gives_the_item_back(item, noor):
    decide(item.pk, DecisionRequest(DecisionKind.ESCALATE), noor, now=NOON)
    given_back = undo(item.pk, noor, now=SOON)
    assert (given_back.escalated, given_back.source) == (False, "engine")


def test_nobody_undoes_anothers_decision(item, noor, omar):
    decide(item.pk, REJECT, noor, now=NOON)
    with pytest.raises(Forbidden):
        undo(item.pk, omar, now=SOON)


def test_ten_minutes_later_only_an_admin_undoes(item, noor, ada):
    decide(item.pk, REJECT, noor, now=NOON)
    late = NOON + timedelta(minutes=10, seconds=1)
    with pytest.raises(Forbidden):
        undo(item.pk, noor, now=late)
    assert undo(item.pk, ada, now=late).status == "open"


def test_one_s_own_decision_is_undone_up_to_the_tenth_minute(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    assert undo(item.pk, noor, now=NOON + UNDO_WINDOW).status == "open"


def test_a_refusal_says_who_may(item, noor, omar):
    decide(item.pk, REJECT, noor, now=NOON)
    with pytest.raises(Forbidden, match="noor decided this: only they or an admin may undo it"):
        undo(item.pk, omar, now=SOON)
    with pytest.raises(Forbidden, match="after that only an admin can"):
        undo(item.pk, noor, now=NOON + timedelta(hours=1))


@pytest.mark.parametrize(
    ("who", "later", "may"),
    [
        ("noor", UNDO_WINDOW, True),
        ("noor", UNDO_WINDOW + SECOND, False),
        ("omar", SECOND, False),
        ("ada", timedelta(days=9), True),
    ],
)
def test_who_may_undo_is_known_beforehand(item, noor, request, who, later, may):
    decide(item.pk, REJECT, noor, now=NOON)
    caller = request.getfixturevalue(who)
    assert may_undo(Decision.objects.get(), caller, NOON + later) is may


def test_the_answer_to_an_appeal_is_undone_by_nobody(item, noor, ada):
    decide(item.pk, REJECT, noor, now=NOON)
    item.log.refresh_from_db()
    appeal, _ = ask.appeal(item.log, "A joke.", now=NOON)
    decide_appeal(appeal.pk, Answer("overturned", "yes"), ada, now=NOON)
    answer = Decision.objects.get(decided_by="ada")
    assert not may_undo(answer, ada, NOON)
    assert last_decision_of(ada, NOON) is None
    with pytest.raises(Conflict, match="answered an appeal"):
        undo(answer.review_id, ada, now=NOON)


def test_the_last_decision_is_the_caller_s_newest_that_they_may_still_undo(project, noor, omar):
    first, second, third = [factories.make_item(project, now=NOON) for _ in range(3)]
    decide(second.pk, REJECT, noor, now=NOON + SECOND)
    decide(first.pk, REJECT, noor, now=NOON)
    decide(third.pk, REJECT, omar, now=NOON + 2 * SECOND)
    last = NOON + UNDO_WINDOW
    found = {at: last_decision_of(noor, at) for at in (NOON - SECOND, NOON, SOON, last)}
    reviews = {at: decision and decision.review_id for at, decision in found.items()}
    assert reviews == {
        NOON - SECOND: None, NOON: first.pk, SOON: second.pk, last: second.pk,
    }  # fmt: skip
    assert last_decision_of(noor, last + SECOND) is None
    undo(second.pk, noor, now=SOON)
    assert last_decision_of(noor, SOON).review_id == first.pk


def test_the_last_decision_is_one_of_this_project(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    other = factories.make_project("other")
    assert last_decision_of(replace(noor, project=other), NOON) is None


def test_where_another_review_is_open_nothing_is_undone(item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    item.log.refresh_from_db()
    ask.appeal(item.log, "A joke.", now=NOON)
    with pytest.raises(Conflict, match="another review is now open") as refusal:
        undo(item.pk, noor, now=SOON)
    assert refusal.value.extra == {"review_id": str(current_item(item.log).pk)}


def test_an_appeal_that_came_in_keeps_its_place_when_an_escalation_is_undone():
    strict = factories.make_project("strict", preset="strict")
    item, caller = factories.make_item(strict, now=NOON), factories.make_caller(strict)
    decide(item.pk, DecisionRequest(DecisionKind.ESCALATE), caller, now=NOON)
    ask.appeal(item.log, "A joke.", now=NOON)
    given_back = undo(item.pk, caller, now=SOON)
    given_back.refresh_from_db()
    assert (given_back.source, given_back.escalated) == ("appeal", False)
    assert told("review_update")[-1]["version"] == given_back.version


def test_what_was_not_decided_cannot_be_undone(item, noor):
    with pytest.raises(Conflict):
        undo(item.pk, noor, now=NOON)


def test_a_decision_on_an_earlier_revision_cannot_be_undone(project, item, noor):
    decide(item.pk, REJECT, noor, now=NOON)
    factories.make_log(project, "Hello there", user_id="u1", message_id="m1", now=SOON)
    with pytest.raises(Conflict):
        undo(item.pk, noor, now=SOON)


def plan_of(sql):
    """Return the database's plan for a query as text."""
    how = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{how} {sql}")
        return str(cursor.fetchall())


def test_what_a_decision_caused_is_found_by_an_index(item, noor, monkeypatch):
    decide(item.pk, REJECT, noor, now=NOON)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as asked:
        undo(item.pk, noor, now=LATER)
    looked = [query["sql"] for query in asked if '"cause" = ' in query["sql"]]
    # The first says whether it was told; the second calls back what was not, which may as well be
    # looked for among what is unsent.
    assert [sql.split()[0] for sql in looked] == ["SELECT", "UPDATE"]
    assert "event_of_cause" in plan_of(looked[0])
