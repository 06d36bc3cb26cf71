"""Perspective's errors: Google's envelope, with the error types that its documentation lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.response import Response

from moderation.errors import GavelError
from moderation.integrations.compat.shapes import reshaped

DETAIL_TYPE = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
#: google.rpc.Code by HTTP status; the rest are INVALID_ARGUMENT (4xx) or INTERNAL.
STATUSES = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    429: "RESOURCE_EXHAUSTED",
}


class Mistake(GavelError):
    """What a client asked wrongly; `error_type` is one of Perspective's."""

    def __init__(self, message: str, error_type: str = "INVALID_REQUEST", **facts: Any) -> None:
        super().__init__(message)
        self.details: Mapping[str, Any] = {
            "@type": DETAIL_TYPE,
            "errorType": error_type,
            **facts,
        }


def empty_comment() -> Mistake:
    return Mistake("Comment must be non-empty.", "COMMENT_EMPTY")


def comment_too_long() -> Mistake:
    return Mistake("Comment text too long.", "COMMENT_TOO_LONG")


def no_attributes() -> Mistake:
    return Mistake("Missing requested_attributes", "NO_REQUESTED_ATTRIBUTES")


def unknown_attribute(name: str, known: Sequence[str]) -> Mistake:
    return Mistake(f"Unknown requested attribute: {name[:100]} (known: {', '.join(known)})")


def unsupported_languages(attribute: str, languages: Sequence[str]) -> Mistake:
    facts = {"detectedLanguages": list(languages), "attribute": attribute}
    return Mistake(
        f"Attribute {attribute} does not support request languages: {', '.join(languages)}",
        "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        languageNotSupportedByAttributeError=facts,
    )


def unsupported_score_type(score_type: str, attribute: str) -> Mistake:
    return Mistake(
        f"Requested score type {score_type[:100]} is not supported by attribute {attribute}"
    )


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Be DRF's exception handler for Perspective's addresses."""
    return reshaped(error, context, error_document)


def error_document(error: Exception | None, status: int, detail: str) -> dict[str, Any]:
    otherwise = "INTERNAL" if status >= 500 else "INVALID_ARGUMENT"
    document: dict[str, Any] = {
        "code": status,
        "message": detail,
        "status": STATUSES.get(status, otherwise),
    }
    if isinstance(error, Mistake):
        document["details"] = [error.details]
    return {"error": document}
