"""The Redis database of a worker of the tests is its own, and nothing it counted lasts."""

import pytest
from django.conf import settings

from moderation.lib.rate_limit import take
from tests.services import ADDRESSES

pytestmark = [pytest.mark.services("redis"), pytest.mark.on_services]


@pytest.mark.skipif(not settings.REDIS_URL, reason="the pass without Redis")
def test_settings_name_the_database_of_this_worker():
    assert ADDRESSES["redis"] == settings.REDIS_URL


@pytest.mark.parametrize("_time", range(2))
def test_counts_of_one_test_do_not_reach_the_next(_time):
    assert take("a test", per_minute=5, per_hour=None).remaining == 4
