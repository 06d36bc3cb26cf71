"""Limit calls: without a key by address, with a key by its own rates (docs/limits.md, "Rates")."""

from typing import Any

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from moderation.accounts.callers import Caller
from moderation.accounts.client_address import address_of
from moderation.lib.rate_limit import COUNTED, Allowance, take


class CallerThrottle(BaseThrottle):
    def __init__(self) -> None:
        self.allowance: Allowance | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        if getattr(view, "action", None) is None:
            return True
        self.allowance = count_calls(request)
        return self.allowance is None or not self.allowance.retry_after

    def wait(self) -> float | None:
        return float(self.allowance.retry_after) if self.allowance else None


def count_calls(request: Request, calls: int = 1) -> Allowance | None:
    """Count calls of this request's caller and put what remains into the answer's headers.

    What the lane has counted, with all messages of a batch, is not counted again.
    """
    caller = request.auth
    counted: Allowance | None = request.META.get(COUNTED)
    if counted:
        allowance: Allowance | None = counted
    elif isinstance(caller, Caller) and not caller.is_open:
        allowance = take(
            caller.identity,
            per_minute=caller.rate_per_minute,
            per_hour=caller.rate_per_hour,
            cost=calls,
        )
    else:
        allowance = take(
            f"address:{address_of(request)}",
            per_minute=settings.RATE_LIMIT_REQUESTS_PER_MINUTE,
            per_hour=settings.RATE_LIMIT_REQUESTS_PER_HOUR,
            cost=calls,
        )
    if allowance is not None:
        request._request.allowance_headers = allowance.headers  # type: ignore[attr-defined]
    return allowance


def count_messages(request: Request, messages: int) -> None:
    """Count the messages of a batch like calls of their own; raise Throttled over the limit.

    The batch itself was counted as one call.
    """
    if messages < 2:
        return
    allowance = count_calls(request, messages - 1)
    if allowance and allowance.retry_after:
        raise Throttled(wait=allowance.retry_after)
