"""Limit rates by sliding windows: in this process or, with Redis, across all processes."""

import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from moderation.lib.metrics import count_refusal

logger = logging.getLogger(__name__)
#: Where a request carries its `Allowance` if it was counted before Django got it. No header has
#: such a name.
COUNTED = "gavel.counted"


@dataclass(frozen=True)
class Allowance:
    """What remains of the tightest limit; `retry_after` is 0 while calls are allowed."""

    limit: int
    remaining: int
    #: Seconds until the window resets.
    reset: int
    retry_after: int = 0

    @property
    def headers(self) -> dict[str, str]:
        headers = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }
        if self.retry_after:
            headers["Retry-After"] = str(self.retry_after)
        return headers


@cache
def limiter() -> SlidingWindowCounterRateLimiter:
    storage = RedisStorage(settings.REDIS_URL) if settings.REDIS_URL else MemoryStorage()
    return SlidingWindowCounterRateLimiter(storage)


def take(
    who: str, *, per_minute: int | None, per_hour: int | None, cost: int = 1
) -> Allowance | None:
    """Count one call; return what remains, None if the caller has no limit.

    cost: how many calls it counts as; either all of them are counted or none, and a call that one
    limit refuses counts against neither.
    If Redis is unreachable the call is allowed: a limit must not stop the service.
    """
    limits: list[RateLimitItem] = []
    if per_minute:
        limits.append(RateLimitItemPerMinute(per_minute))
    if per_hour:
        limits.append(RateLimitItemPerHour(per_hour))
    try:
        allowances = []
        for limit, is_allowed in zip(limits, _count(limits, who, cost), strict=True):
            left = limiter().get_window_stats(limit, who)
            reset = max(1, math.ceil(left.reset_time - time.time()))
            retry_after = 0 if is_allowed else reset
            allowances.append(Allowance(limit.amount, max(0, left.remaining), reset, retry_after))
    except Exception:
        logger.warning("The rate limiter's storage cannot be reached", exc_info=True)
        return None
    tightest = min(allowances, key=lambda left: (-left.retry_after, left.remaining), default=None)
    if tightest and tightest.retry_after:
        count_refusal(who.partition(":")[0])
    return tightest


def _count(limits: Sequence[RateLimitItem], who: str, cost: int) -> list[bool]:
    """Count a call against all limits, or against none if one refuses it; return what each says."""
    if len(limits) > 1:
        allowed = [limiter().test(limit, who, cost=cost) for limit in limits]
        if not all(allowed):
            return allowed
    return [limiter().hit(limit, who, cost=cost) for limit in limits]
