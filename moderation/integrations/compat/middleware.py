"""Answer in the door's shape also where Django itself refuses or fails."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse

from moderation.integrations.compat import openai_moderations
from moderation.integrations.compat.perspective import errors as perspective
from moderation.integrations.compat.shapes import Shape, plain

#: By the beginning of the address.
SHAPES: Mapping[str, Shape] = {
    "/v1alpha1/": perspective.error_document,
    "/perspective/": perspective.error_document,
    "/$discovery/": perspective.error_document,
    "/v1/": openai_moderations.error_document,
}


class DoorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        shape = next((SHAPES[start] for start in SHAPES if request.path.startswith(start)), None)
        is_json = "json" in response.headers.get("Content-Type", "")
        if shape is None or is_json or response.status_code < 400:
            return response
        return plain(shape, response.status_code, request)
