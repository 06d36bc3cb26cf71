"""How much waits, and who is on duty."""

from datetime import timedelta

from moderation.pipeline.review_port import ActiveModerator, QueueFigures, review_port
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.undo import undo
from reviews.queue.claims import claim
from tests.factories import make_item, make_project
from tests.reviews.moments import NOON

MINUTE = timedelta(minutes=1)
APPROVE = DecisionRequest("approve")


def active_moderators(project, after=MINUTE):
    return review_port().active_moderators(project, NOON + after)


def test_queue_counts_what_is_open(project, item, noor):
    newer = make_item(project, now=NOON + MINUTE)
    claim(newer.pk, noor, now=NOON + MINUTE)
    decide(make_item(project, now=NOON).pk, APPROVE, noor, now=NOON)
    found = review_port().queue_figures(project, NOON + 2 * MINUTE)
    assert found == QueueFigures(open=2, claimed=1, oldest_at=NOON)


def test_a_claim_that_ran_out_is_none(project, item, noor):
    claim(item.pk, noor, now=NOON)
    assert review_port().queue_figures(project, NOON + 6 * MINUTE).claimed == 0


def test_an_empty_queue_has_no_oldest(project):
    assert review_port().queue_figures(project, NOON) == QueueFigures(0, 0, None)


def test_who_claims_is_on_duty_for_fifteen_minutes(project, item, noor):
    claim(item.pk, noor, now=NOON)
    assert active_moderators(project, 14 * MINUTE) == [ActiveModerator("noor", 0, None)]
    assert active_moderators(project, 15 * MINUTE) == []


def test_who_decides_is_on_duty_with_the_median_of_their_waits(project, noor):
    for minutes in (1, 2, 9):
        decide(make_item(project, now=NOON).pk, APPROVE, noor, now=NOON + minutes * MINUTE)
    assert active_moderators(project, 10 * MINUTE) == [ActiveModerator("noor", 3, 120.0)]


def test_who_decided_longer_ago_is_not_on_duty(project, item, noor):
    decide(item.pk, APPROVE, noor, now=NOON)
    assert active_moderators(project, 15 * MINUTE) == []


def test_only_final_decisions_of_today_that_stand_are_counted(project, ada):
    yesterday = NOON - timedelta(days=1)
    decide(make_item(project, now=yesterday).pk, APPROVE, ada, now=yesterday)
    decide(make_item(project, now=NOON).pk, DecisionRequest("escalate"), ada, now=NOON)
    undone = make_item(project, now=NOON)
    decide(undone.pk, APPROVE, ada, now=NOON)
    undo(undone.pk, ada, now=NOON)
    assert active_moderators(project) == [ActiveModerator("ada", 0, None)]


def test_the_busiest_stands_first(project, noor, omar):
    decide(make_item(project, now=NOON).pk, APPROVE, noor, now=NOON)
    for _ in range(2):
        decide(make_item(project, now=NOON).pk, APPROVE, omar, now=NOON)
    assert [one.name for one in active_moderators(project)] == ["omar", "noor"]


def test_another_projects_people_are_not_on_duty(project, item, noor):
    decide(item.pk, APPROVE, noor, now=NOON)
    assert active_moderators(make_project("valley")) == []
