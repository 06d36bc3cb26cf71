"""Every error of the API in one shape: RFC 9457 `application/problem+json`."""

import logging
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from moderation.api.shapes.words import FieldError, Problem
from moderation.lib.errors import RETRY_SECONDS, DatabaseAway, GavelError, Invalid

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int, detail: str, code: str = "", errors: Iterable[FieldError] = (), **extra: Any
) -> Problem:
    """Return the problem document of an error; `extra` are further members."""
    title = HTTPStatus(status).phrase
    name = code or title.lower().replace(" ", "_").replace("-", "_")
    document: Problem = {
        "type": f"urn:gavel:problem:{name}",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": list(errors),
    }
    return cast("Problem", {**extra, **document})


def problem_of(error: Exception) -> Problem | None:
    """Return the problem document of an expected error; None for a fault of the server."""
    rows: list[FieldError] = []
    if isinstance(error, GavelError):
        detail = error.detail
        if isinstance(error, Invalid):
            rows = [{"field": error.field, "message": error.detail, "code": error.code}]
            detail = f"{error.field}: {error.detail}"
        return problem(error.status, detail, error.code, rows, **error.extra)
    if isinstance(error, exceptions.ValidationError):
        rows = list(_rows(error.get_full_details()))
        detail = "; ".join(f"{row['field']}: {row['message']}" for row in rows)
        return problem(422, detail, "invalid", rows)
    if isinstance(error, exceptions.APIException):
        return problem(error.status_code, str(error.detail))
    return _problem_of_django(error)


def _problem_of_django(error: Exception) -> Problem | None:
    if isinstance(error, Http404):
        return problem(404, "There is nothing at this address.")
    if isinstance(error, PermissionDenied):
        return problem(403, "You are not allowed to do this.")
    if isinstance(error, OperationalError):
        logger.error("The database cannot be used", exc_info=error)
        return problem_of(DatabaseAway())
    return None


def _rows(details: Any, field: str = "") -> Iterator[FieldError]:
    """Flatten DRF's nested details to one row for each message, with dotted field names."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {
            "field": field or "body",
            "message": str(details["message"]),
            "code": details["code"] or "invalid",
        }
    elif isinstance(details, dict):
        for name, inner in details.items():
            path = field if name == "non_field_errors" else f"{field}.{name}".lstrip(".")
            yield from _rows(inner, path)
    elif isinstance(details, list):
        for inner in details:
            yield from _rows(inner, field)


def problem_response(error: Exception, _context: dict[str, Any]) -> Response | None:
    """DRF's exception handler."""
    document = problem_of(error)
    if document is None:
        return None
    set_rollback()
    response = Response(document, status=document["status"], content_type=MEDIA_TYPE)
    header = getattr(error, "auth_header", None)
    if document["status"] == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = header or 'Bearer realm="gavel"'
    wait = RETRY_SECONDS if document["status"] == 503 else getattr(error, "wait", None)
    if wait:
        response["Retry-After"] = str(int(wait))
    return response


def plain_response(status: int, detail: str) -> JsonResponse:
    return JsonResponse(problem(status, detail), status=status, content_type=MEDIA_TYPE)


# Without it a POST is refused for its missing CSRF token before anybody looks for the address.
@csrf_exempt
def not_found(request: HttpRequest, **_path: str) -> JsonResponse:
    """Answer every address under /api/ that does not exist."""
    return plain_response(404, f"There is no {request.path}.")
