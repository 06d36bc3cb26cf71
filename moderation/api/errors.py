"""Every error of the API in one shape: RFC 9457 `application/problem+json`."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from moderation.errors import GavelError, Invalid

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int, detail: str, code: str = "", errors: Any = (), **extra: Any
) -> dict[str, Any]:
    """Return the problem document of an error."""
    title = HTTPStatus(status).phrase
    name = code or title.lower().replace(" ", "_").replace("-", "_")
    return {
        **extra,
        "type": f"urn:gavel:problem:{name}",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": list(errors),
    }


def problem_of(error: Exception) -> dict[str, Any] | None:
    """Return the problem document for an expected error; None for one that is ours to mend."""
    if isinstance(error, GavelError):
        return _own_problem(error)
    if isinstance(error, exceptions.ValidationError):
        rows = list(_rows(error.get_full_details()))
        detail = "; ".join(f"{row['field']}: {row['message']}" for row in rows)
        return problem(422, detail, "invalid", rows)
    if isinstance(error, Http404):
        return problem(404, "There is no such thing here.")
    if isinstance(error, PermissionDenied):
        return problem(403, "You may not do this.")
    if isinstance(error, exceptions.APIException):
        return problem(error.status_code, str(error.detail))
    return None


def _own_problem(error: GavelError) -> dict[str, Any]:
    if not isinstance(error, Invalid):
        return problem(error.status, error.detail, error.code, **error.extra)
    row = {"field": error.field, "message": error.detail, "code": error.code}
    detail = f"{error.field}: {error.detail}"
    return problem(error.status, detail, error.code, [row], **error.extra)


def _rows(details: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Flatten DRF's nested details to one row for each message; fields joined by dots."""
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


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler."""
    document = problem_of(error)
    if document is None:
        return None
    set_rollback()
    response = Response(document, status=document["status"], content_type=MEDIA_TYPE)
    header = getattr(error, "auth_header", None)
    if document["status"] == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = header or "Bearer"
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait))
    return response


def plain_response(status: int, detail: str) -> JsonResponse:
    return JsonResponse(problem(status, detail), status=status, content_type=MEDIA_TYPE)


def not_found(request: HttpRequest, path: str = "") -> JsonResponse:
    """Answer for every address under /api/ that leads nowhere."""
    return plain_response(404, f"There is no {request.path}.")
