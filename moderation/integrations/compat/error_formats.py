"""Errors in the format of the service whose client calls."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from rest_framework.response import Response

from moderation.api.errors import problem_response
from moderation.lib.json_types import JsonObject

#: Makes an error's document from its exception (None if Django answered), status and text.
ErrorFormat = Callable[[Exception | None, int, str], Mapping[str, Any]]


def reformatted(
    error: Exception, context: JsonObject, error_format: ErrorFormat
) -> Response | None:
    """Return the API's answer to an error in another format, where an invalid field is a 400."""
    response = problem_response(error, context)
    if response is None:
        return None
    detail = str(response.data["detail"])
    response.status_code = 400 if response.status_code == 422 else response.status_code
    response.data = error_format(error, response.status_code, detail)
    response.content_type = "application/json"
    return response


def error_response(error_format: ErrorFormat, status: int, request: HttpRequest) -> JsonResponse:
    """Return the answer to a request that reached no view, or whose view failed."""
    detail = "The request was refused before it was read: check its host and headers."
    if status == 404:
        detail = f"There is no {request.path}."
    elif status >= 500:
        detail = "The server failed; its log has the request's id."
    return JsonResponse(dict(error_format(None, status, detail)), status=status)


def with_engine(
    response: Response, failed: tuple[str, ...] = (), degraded: tuple[str, ...] = ()
) -> Response:
    """Add the headers of `engine_headers` to a response."""
    for name, value in engine_headers(failed, degraded).items():
        response[name] = value
    return response


def engine_headers(failed: tuple[str, ...] = (), degraded: tuple[str, ...] = ()) -> dict[str, str]:
    """Return what the format has no field for: the engine's version, and what it lacked.

    failed: parts of the engine; degraded: these, and what it cannot judge in this request.
    """
    headers = {"X-Gavel-Engine": settings.ENGINE_VERSION}
    if failed:
        headers["X-Gavel-Degraded"] = ", ".join(failed)
    if degraded or failed:
        headers["X-Degraded"] = ", ".join(degraded or failed)
    return headers
