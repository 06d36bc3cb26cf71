"""Many items decided or undone at once, and what would become of each."""

from datetime import timedelta

import pytest

from moderation.lib.errors import Conflict, NotFound
from moderation.models import ModerationLog, Strike
from moderation.rules import change_policy
from reviews.decisions.bulk import BulkResult, decide_many, undo_many
from reviews.decisions.bulk_preview import preview_bulk
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import Decision, DecisionKind, ReviewStatus
from reviews.queue import claims
from tests import factories
from tests.reviews.moments import NOON

pytestmark = pytest.mark.django_db
APPROVE, REJECT, DISMISS, ESCALATE = (
    DecisionKind.APPROVE,
    DecisionKind.REJECT,
    DecisionKind.DISMISS,
    DecisionKind.ESCALATE,
)
HOUR = timedelta(hours=1)


@pytest.fixture
def items(project):
    """Three items of one author, the most urgent first."""
    return [factories.make_item(project, user_id="u1", now=NOON - n * HOUR) for n in (3, 2, 1)]


# --- Deciding and undoing


def test_one_that_is_refused_keeps_no_other_from_its_decision(items, noor, omar):
    decide(items[1].pk, DecisionRequest(DISMISS), omar, now=NOON)
    ids = [items[0].pk, items[1].pk, items[2].pk, items[0].pk]
    results = decide_many(ids, DecisionRequest(APPROVE, "other"), noor, now=NOON)
    assert [result.id for result in results] == ids[:3]
    assert [type(result.error) for result in results] == [type(None), Conflict, type(None)]
    made = Decision.objects.filter(decided_by="noor", ruling="approve", reason_code="other")
    assert set(made.values_list("review_id", "decided_at")) == {(ids[0], NOON), (ids[2], NOON)}


def test_each_item_is_held_to_the_version_that_was_seen(items, noor):
    seen = {items[0].pk: items[0].version, items[1].pk: items[1].version + 1}
    ids = [item.pk for item in items]
    results = decide_many(ids, DecisionRequest(APPROVE), noor, now=NOON, versions=seen)
    assert [result.error is None for result in results] == [True, False, True]


def test_each_item_is_undone_by_itself_and_once(items, noor):
    decided = [items[0].pk, items[2].pk]
    decide_many(decided, DecisionRequest(APPROVE), noor, now=NOON)
    ids = [item.pk for item in items]
    results = undo_many([*ids, *ids], noor, now=NOON)
    assert [result.id for result in results] == ids
    assert [type(result.error) for result in results] == [type(None), Conflict, type(None)]
    assert results[0] == BulkResult(ids[0])
    assert set(Decision.objects.values_list("undone_at", flat=True)) == {NOON}


def test_an_unknown_item_is_told_as_that(noor, items):
    other = factories.make_item(factories.make_project("other"))
    for results in (
        decide_many([other.pk], DecisionRequest(APPROVE), noor, now=NOON),
        undo_many([other.pk], noor, now=NOON),
    ):
        assert isinstance(results[0].error, NotFound)


# --- The preview


def foretold(items, ruling, caller, now=NOON):
    """Return item, effects and why it is left out of each row."""
    rows = preview_bulk((item.pk for item in items), ruling, caller, now=now)
    return [(row.item, row.effects, row.left_out) for row in rows]


def test_only_the_named_items_of_the_project_are_shown_the_most_urgent_first(project, items, noor):
    other = factories.make_item(factories.make_project("other"))
    newer = factories.make_item(project, now=items[2].created_at)
    shown = foretold([items[2], other, newer, items[0]], APPROVE, noor)
    assert [item for item, _, _ in shown] == [items[0], newer, items[2]]


def test_a_row_names_author_and_content(items, noor):
    ModerationLog.objects.filter(pk=items[1].log_id).update(username="Una")
    first, second, _ = preview_bulk([item.pk for item in items], APPROVE, noor, now=NOON)
    assert (first.author, second.author, first.log) == ("u1", "Una", items[0].log)


@pytest.mark.parametrize(
    ("ruling", "effects"),
    [
        (APPROVE, ["Stays visible"]),
        (DISMISS, ["Stays visible"]),
        (REJECT, ["Is hidden", "strike 1 of 3"]),
        (ESCALATE, ["Waits for an admin"]),
    ],
)
def test_what_each_ruling_does_to_visible_content(items, noor, ruling, effects):
    assert foretold(items[:1], ruling, noor) == [(items[0], effects, "")]


@pytest.mark.parametrize(
    ("ruling", "effects"),
    [
        (APPROVE, ["Is shown again", "its strike is taken back"]),
        (DISMISS, ["Is shown again", "its strike is taken back"]),
        (REJECT, ["Stays hidden", "keeps its strike 1 of 3"]),
    ],
)
def test_what_each_ruling_does_to_hidden_content_with_a_strike(ruling, effects):
    strict = factories.make_project("strict", preset="strict")
    item, caller = factories.make_item(strict, now=NOON), factories.make_caller(strict)
    assert foretold([item], ruling, caller) == [(item, effects, "")]
    Strike.objects.update(revoked_at=NOON)
    revoked = foretold([item], APPROVE, caller)
    assert revoked == [(item, ["Is shown again"], "")]


def test_strikes_add_up_by_author_where_they_count(project, items, noor):
    other = factories.make_item(project, user_id="u2", now=NOON)
    ModerationLog.objects.filter(pk=items[1].log_id).update(channel_id="lobby")
    told = [effects[1] for _, effects, _ in foretold([*items, other], REJECT, noor)]
    assert told == ["strike 1 of 3", "strike 1 of 3", "strike 2 of 3", "strike 1 of 3"]
    change_policy(project, "tests", {"ban_scope": "project"})
    told = [effects[1] for _, effects, _ in foretold([*items, other], REJECT, noor)]
    assert told == [
        "strike 1 of 3",
        "strike 2 of 3",
        "strike 3 of 3, banned 24 h in the whole project",
        "strike 1 of 3",
    ]


def test_a_strike_that_stands_is_not_counted_again():
    strict = factories.make_project("strict", preset="strict")
    items = [factories.make_item(strict, user_id="u1", now=NOON) for _ in range(2)]
    told = foretold(items, REJECT, factories.make_caller(strict))
    assert [effects[1] for _, effects, _ in told] == ["keeps its strike 2 of 3"] * 2


def test_what_the_caller_may_not_decide_says_why_and_has_no_effects(items, noor, omar, ada):
    claims.claim(items[0].pk, omar, now=NOON)
    decide(items[1].pk, DecisionRequest(ESCALATE), omar, now=NOON)
    decide(items[2].pk, DecisionRequest(DISMISS), omar, now=NOON)
    reasons = ["omar holds it", "waits for an admin", "omar has decided: dismiss"]
    assert [row[1:] for row in foretold(items, APPROVE, noor)] == [([], why) for why in reasons]
    visible = ["Stays visible"]
    assert foretold(items[1:2], APPROVE, ada) == [(items[1], visible, "")]
    assert foretold(items[:1], APPROVE, omar) == [(items[0], visible, "")]
    later = NOON + claims.CLAIM_LIFETIME
    assert foretold(items[:1], APPROVE, noor, later) == [(items[0], visible, "")]


def test_what_an_edit_closed_needs_no_decision(items, noor):
    items[0].status = ReviewStatus.DECIDED
    items[0].save()
    why = "was edited and no longer needs a decision"
    assert foretold(items[:1], APPROVE, noor) == [(items[0], [], why)]
