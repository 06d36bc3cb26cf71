"""Errors in the words of the service whose client asks."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from rest_framework.response import Response

from moderation.api.errors import problem_response

#: Returns the document of an error: its exception (None where Django answered), status, sentence.
Shape = Callable[[Exception | None, int, str], Mapping[str, Any]]


def reshaped(error: Exception, context: dict[str, Any], shape: Shape) -> Response | None:
    """Return the API's answer to an error in another shape; a field's 422 is a plain 400 there."""
    response = problem_response(error, context)
    if response is None:
        return None
    detail = str(response.data["detail"])
    response.status_code = 400 if response.status_code == 422 else response.status_code
    response.data = shape(error, response.status_code, detail)
    response.content_type = "application/json"
    return response


def plain(shape: Shape, status: int, request: HttpRequest) -> JsonResponse:
    """Return the answer where no view was reached, or one failed."""
    return JsonResponse(dict(shape(None, status, _sentence(status, request))), status=status)


def _sentence(status: int, request: HttpRequest) -> str:
    if status == 404:
        return f"There is no {request.path}."
    if status >= 500:
        return "Something failed on our side; the log has the request's id."
    return "The request was refused before it was read: check its host and headers."


def with_engine(response: Response, failed: tuple[str, ...] = ()) -> Response:
    """Name the engine that judged, and what of it failed, where the shape has no place for it."""
    response["X-Gavel-Engine"] = settings.ENGINE_VERSION
    if failed:
        response["X-Gavel-Degraded"] = ", ".join(failed)
    return response
