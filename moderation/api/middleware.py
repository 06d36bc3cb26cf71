"""Give each request an id that its answer and log lines carry, and each error one shape."""

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from moderation.api.errors import plain_response
from moderation.lib.errors import DatabaseAway
from moderation.lib.request_id import within_request

#: Take a caller's id if it matches; else make a new one.
SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,100}\Z")


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-ID", "")
        name = sent if SANE_ID.match(sent) else uuid.uuid4().hex
        with within_request(name):
            response = self.get_response(request)
        response["X-Request-ID"] = name
        for header, value in getattr(request, "allowance_headers", {}).items():
            response[header] = value
        return response


class ProblemMiddleware:
    """Answer under /api/ with a problem document also if Django itself refuses or fails."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A quoted cookie may hold NUL, which PostgreSQL refuses as a session id.
        if "\0" in request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith("/api/"):
            return response
        if "json" in response.headers.get("Content-Type", ""):
            return response
        detail = "The request was refused before it was read: check its host and headers."
        if response.status_code == 503:
            detail = DatabaseAway().detail
        elif response.status_code >= 500:
            detail = "The server failed; its log has the request's id."
        return plain_response(response.status_code, detail)
