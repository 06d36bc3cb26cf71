"""Answer in the service's error format also if Django itself refuses or fails."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse

from moderation.integrations.compat import (
    amazon_comprehend,
    azure_content_safety,
    openai_moderations,
)
from moderation.integrations.compat.error_formats import ErrorFormat, error_response
from moderation.integrations.compat.perspective import errors as perspective

#: By the first part of the path.
FORMATS: Mapping[str, ErrorFormat] = {
    "v1alpha1": perspective.error_document,
    "perspective": perspective.error_document,
    "$discovery": perspective.error_document,
    "batch": perspective.error_document,
    "v1": openai_moderations.error_document,
    "contentsafety": azure_content_safety.error_document,
    "comprehend": amazon_comprehend.error_document,
}


class CompatErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        error_format = FORMATS.get(request.path.split("/")[1])
        is_json = "json" in response.headers.get("Content-Type", "")
        if error_format is None or is_json or response.status_code < 400:
            return response
        return error_response(error_format, response.status_code, request)
