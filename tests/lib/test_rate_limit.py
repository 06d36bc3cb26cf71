"""Rates over a minute and an hour: a call counts against both or against neither."""

import time
from datetime import UTC, datetime

import pytest
import time_machine
from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from moderation.lib.rate_limit import limiter, take

pytestmark = [pytest.mark.usefixtures("still_clock"), pytest.mark.on_services]
BOTH = {"per_minute": 3, "per_hour": 10}


def left():
    """Return what remains in the minute and in the hour."""
    limits = RateLimitItemPerMinute(3), RateLimitItemPerHour(10)
    return tuple(limiter().get_window_stats(limit, "x:1").remaining for limit in limits)


@pytest.fixture(autouse=True)
def fresh():
    limiter.cache_clear()


def test_an_allowed_call_counts_against_both():
    allowance = take("x:1", **BOTH, cost=2)
    assert (allowance.remaining, allowance.retry_after, left()) == (1, 0, (1, 8))


def test_a_call_that_the_minute_refuses_counts_against_neither():
    take("x:1", **BOTH)
    refused = [take("x:1", **BOTH, cost=3) for _ in range(5)]
    assert all(1 <= allowance.retry_after <= 60 for allowance in refused)
    assert left() == (2, 9)


# In this process an hour begins by the clock: twelve minutes past, much of it is left.
@time_machine.travel(datetime(2026, 3, 5, 12, 12, tzinfo=UTC), tick=False)
def test_a_call_that_the_hour_refuses_counts_against_neither():
    take("x:1", per_minute=None, per_hour=10, cost=8)
    # In Redis it begins with the first call, by Redis's own clock. In its first millisecond the
    # library reads "all of it is left" as "it is over".
    time.sleep(0.005)
    assert take("x:1", **BOTH, cost=3).retry_after > 60
    assert left() == (3, 2)
    assert take("x:1", **BOTH, cost=2).retry_after == 0


def test_without_limits_there_is_no_allowance():
    assert take("x:1", per_minute=None, per_hour=None) is None
