"""Count calls in moving windows: in this process, or in Redis for all processes together."""

import logging
import math
import time
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Allowance:
    """What is left of the tightest limit; `retry_after` is 0 while calls are allowed."""

    limit: int
    remaining: int
    #: Seconds until the window is fresh.
    reset: int
    retry_after: int = 0

    @property
    def headers(self) -> dict[str, str]:
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }
        return {**told, "Retry-After": str(self.retry_after)} if self.retry_after else told


@cache
def limiter() -> SlidingWindowCounterRateLimiter:
    storage = RedisStorage(settings.REDIS_URL) if settings.REDIS_URL else MemoryStorage()
    return SlidingWindowCounterRateLimiter(storage)


def take(who: str, *, per_minute: int | None, per_hour: int | None) -> Allowance | None:
    """Count one call; return what is left, None where nothing limits the caller.

    While Redis cannot be reached the call is allowed: the limit protects, it must not stop work.
    """
    limits: list[RateLimitItem] = []
    if per_minute:
        limits.append(RateLimitItemPerMinute(per_minute))
    if per_hour:
        limits.append(RateLimitItemPerHour(per_hour))
    try:
        taken = [_take_one(limit, who) for limit in limits]
    except Exception:
        logger.warning("The rate limiter's storage cannot be reached", exc_info=True)
        return None
    return min(taken, key=lambda left: (-left.retry_after, left.remaining), default=None)


def _take_one(limit: RateLimitItem, who: str) -> Allowance:
    is_allowed = limiter().hit(limit, who)
    left = limiter().get_window_stats(limit, who)
    reset = max(1, math.ceil(left.reset_time - time.time()))
    return Allowance(limit.amount, max(0, left.remaining), reset, 0 if is_allowed else reset)
