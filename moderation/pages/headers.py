"""Headers of every page: no shared computer keeps it, and it uses none of the device's sensors."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

NO_FEATURES = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


class PageHeadersMiddleware:
    """Forbid to store what a signed-in person or a program reads, unless the view says otherwise.

    Static files say so: the middleware that serves them comes later and sets its own header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Permissions-Policy", NO_FEATURES)
        is_signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        if is_signed_in or request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
