"""Give each request an id that its answer and its log lines carry."""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

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
