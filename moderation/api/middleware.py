"""Give each request an id that its answer and log lines carry, and each error one shape."""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from moderation.api.errors import plain_response

request_id: ContextVar[str] = ContextVar("request_id", default="")
#: What is taken over from the caller; anything else gets a fresh id.
SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,100}\Z")


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-ID", "")
        name = sent if SANE_ID.match(sent) else uuid.uuid4().hex
        token = request_id.set(name)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = name
        for header, value in getattr(request, "allowance_headers", {}).items():
            response[header] = value
        return response


class ProblemMiddleware:
    """Answer under /api/ in the API's shape also where Django itself refuses or fails."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _drop_impossible_session(request)
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith("/api/"):
            return response
        if "json" in response.headers.get("Content-Type", ""):
            return response
        return plain_response(response.status_code, _detail_of(response.status_code))


def _drop_impossible_session(request: HttpRequest) -> None:
    """Forget a session id with NUL, which a quoted cookie may hold and PostgreSQL refuses."""
    if "\0" in request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""):
        del request.COOKIES[settings.SESSION_COOKIE_NAME]


def _detail_of(status: int) -> str:
    if status >= 500:
        return "Something failed on our side; the log has the request's id."
    return "The request was refused before it was read: check its host and headers."
