"""The page for a request that failed."""

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error as unexpected_failure

from moderation.lib.errors import RETRY_SECONDS


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 if the database is away or its disk is full, else 500; Django calls it."""
    if isinstance(sys.exc_info()[1], OperationalError):
        answer = render(request, "503.html", status=503)
        answer["Retry-After"] = str(RETRY_SECONDS)
        return answer
    return unexpected_failure(request)
