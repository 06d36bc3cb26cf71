"""Perspective's errors: Google's envelope, with the error types that its documentation lists."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

from rest_framework.response import Response

from moderation.integrations.compat.error_formats import reformatted
from moderation.lib.errors import GavelError
from moderation.lib.json_types import JsonObject

#: google.rpc.ErrorInfo of a key that is missing or wrong: clients look for its reason.
BAD_KEY = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    "reason": "API_KEY_INVALID",
    "domain": "googleapis.com",
    "metadata": {"service": "commentanalyzer.googleapis.com"},
}
DETAIL_TYPE = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
#: google.rpc.Code by HTTP status; the rest are INVALID_ARGUMENT (4xx) or INTERNAL.
STATUSES = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    429: "RESOURCE_EXHAUSTED",
}


class BadRequest(GavelError):
    """An error in a client's request; `error_type` is one of Perspective's."""

    def __init__(self, message: str, error_type: str = "INVALID_REQUEST", **facts: Any) -> None:
        super().__init__(message)
        self.details: JsonObject = {
            "@type": DETAIL_TYPE,
            "errorType": error_type,
            **facts,
        }


def empty_comment() -> BadRequest:
    return BadRequest("Comment must be non-empty.", "COMMENT_EMPTY")


def comment_too_long() -> BadRequest:
    return BadRequest("Comment text too long.", "COMMENT_TOO_LONG")


def no_attributes() -> BadRequest:
    return BadRequest("Missing requested_attributes", "NO_REQUESTED_ATTRIBUTES")


def unknown_attribute(name: str, known: Sequence[str]) -> BadRequest:
    return BadRequest(f"Unknown requested attribute: {name[:100]} (known: {', '.join(known)})")


def unsupported_languages(attribute: str, languages: Sequence[str]) -> BadRequest:
    facts = {"detectedLanguages": list(languages), "attribute": attribute}
    return BadRequest(
        f"Attribute {attribute} does not support request languages: {', '.join(languages)}",
        "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        languageNotSupportedByAttributeError=facts,
    )


def unsupported_score_type(score_type: str, attribute: str) -> BadRequest:
    return BadRequest(
        f"Requested score type {score_type[:100]} is not supported by attribute {attribute}"
    )


def answer_error(error: Exception, context: JsonObject) -> Response | None:
    """DRF's exception handler for Perspective's endpoints."""
    return reformatted(error, context, error_document)


class PerspectiveErrorFields(TypedDict):
    code: int
    message: str
    status: str
    details: NotRequired[list[JsonObject]]


class PerspectiveError(TypedDict):
    error: PerspectiveErrorFields


def error_document(error: Exception | None, status: int, detail: str) -> PerspectiveError:
    otherwise = "INTERNAL" if status >= 500 else "INVALID_ARGUMENT"
    document: PerspectiveErrorFields = {
        "code": status,
        "message": detail,
        "status": STATUSES.get(status, otherwise),
    }
    if isinstance(error, BadRequest):
        document["details"] = [error.details]
    elif status == 401:
        document["details"] = [BAD_KEY]
    return {"error": document}
