from datetime import timedelta

import pytest

from reviews.models import ReviewItem
from reviews.queue.items import priority_of
from reviews.queue.review_port import open_item
from tests import factories
from tests.reviews.moments import NOON
from tests.reviews.reading import tallies, told

pytestmark = pytest.mark.django_db


def test_flagged_content_opens_an_item(project, item):
    assert (item.status, item.source, item.version) == ("open", "engine", 1)
    assert told("review_update")[-1]["status"] == "open"
    assert tallies()["open_reviews"] == 1


def test_content_that_is_allowed_opens_none(project):
    factories.make_log(project, factories.CLEAN)
    assert not ReviewItem.objects.exists()


def test_a_second_opening_joins_the_first(item):
    found, event = open_item(item.log, NOON)
    assert found == item.pk
    assert (event.data["version"], event.tally) == (2, {})


def test_an_edit_that_is_harmless_withdraws_the_item(project, item):
    factories.make_log(project, "Hello there", user_id="u1", message_id="m1")
    item.refresh_from_db()
    assert item.status == "decided"
    assert tallies()["open_reviews"] == 0


def test_an_edit_that_is_flagged_again_keeps_the_item(project, item):
    factories.make_log(project, "you loser", user_id="u1", message_id="m1")
    item.refresh_from_db()
    assert (item.status, item.version) == ("open", 2)
    assert tallies()["open_reviews"] == 1


def test_a_reported_item_survives_a_harmless_edit(project, item):
    ReviewItem.objects.update(report_count=1)
    factories.make_log(project, "Hello there", user_id="u1", message_id="m1")
    item.refresh_from_db()
    assert item.status == "open"


def test_of_two_alike_the_older_comes_first(item):
    older = priority_of(item.log, 0, NOON - timedelta(minutes=1))
    assert older > priority_of(item.log, 0, NOON)


def test_a_report_outweighs_some_waiting(item):
    waiting = priority_of(item.log, 0, NOON - timedelta(hours=2))
    assert priority_of(item.log, 1, NOON) > waiting


def test_a_high_severity_outweighs_a_low_one(item):
    item.log.severity = "low"
    low = priority_of(item.log, 0, NOON)
    item.log.severity = "high"
    assert priority_of(item.log, 0, NOON) > low
