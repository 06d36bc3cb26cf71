"""Which hours are added up again: those that are over, each once."""

from datetime import timedelta

import pytest

from moderation.events.stale_hours import hour_of, mark_all_stale, mark_stale
from moderation.models import StaleHour
from tests.messages import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATE = timedelta(minutes=59, seconds=59, microseconds=999_999)


@pytest.mark.parametrize("age", [timedelta(0), timedelta(minutes=1), timedelta(seconds=1), LATE])
def test_an_hour_begins_with_its_first_moment(age):
    assert hour_of(NOON + age) == NOON


def marked():
    return list(StaleHour.objects.order_by("pk").values_list("project", "hour"))


def test_each_hour_is_marked_once_in_order(arena):
    mark_stale(arena, [NOON + HOUR, NOON + LATE, NOON, NOON + 2 * HOUR])
    assert marked() == [(arena.pk, NOON + number * HOUR) for number in range(3)]


@pytest.mark.parametrize("now", [NOON + HOUR, NOON + HOUR + LATE])
def test_the_hour_that_is_not_over_is_left_out(arena, now):
    mark_stale(arena, [NOON, NOON + HOUR, NOON + 2 * HOUR], now)
    assert marked() == [(arena.pk, NOON)]


def test_nothing_is_marked_for_no_moment(arena):
    mark_stale(arena, [], NOON)
    assert marked() == []


def test_a_whole_project_is_marked_without_an_hour(arena):
    mark_all_stale(arena)
    assert marked() == [(arena.pk, None)]
