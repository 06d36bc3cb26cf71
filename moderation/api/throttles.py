"""Limit calls: without a key per address, with a key as the key says (CONTRACT section 2)."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from moderation import ratelimit
from moderation.identity import Caller, client_address


class CallerThrottle(BaseThrottle):
    def __init__(self) -> None:
        self.allowance: ratelimit.Allowance | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        if getattr(view, "action", None) is None:
            return True
        self.allowance = _take(request)
        if self.allowance is None:
            return True
        request._request.allowance_headers = self.allowance.headers  # type: ignore[attr-defined]
        return not self.allowance.retry_after

    def wait(self) -> float | None:
        return float(self.allowance.retry_after) if self.allowance else None


def _take(request: Request) -> ratelimit.Allowance | None:
    caller = request.auth
    if isinstance(caller, Caller) and not caller.is_open:
        return ratelimit.take(
            caller.identity, per_minute=caller.rate_per_minute, per_hour=caller.rate_per_hour
        )
    return ratelimit.take(
        f"address:{address_of(request)}",
        per_minute=settings.RATE_LIMIT_REQUESTS_PER_MINUTE,
        per_hour=settings.RATE_LIMIT_REQUESTS_PER_HOUR,
    )


def address_of(request: Request) -> str:
    meta = request.META
    return client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR"))
