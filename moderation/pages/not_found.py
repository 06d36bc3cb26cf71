"""Our own page for an unknown address, also while DEBUG is on."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import page_not_found

#: The admin is somebody else's page, and programs read problem documents.
OTHERS = ("/admin/", "/api/", "/v1")


class NotFoundPageMiddleware:
    """Show the page of production instead of Django's debug page, which tells people nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_unresolved = response.status_code == 404 and request.resolver_match is None
        if settings.DEBUG and is_unresolved and not request.path.startswith(OTHERS):
            return page_not_found(request, Http404())
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Http404) and not request.path.startswith(OTHERS):
            return page_not_found(request, error)
        return None
