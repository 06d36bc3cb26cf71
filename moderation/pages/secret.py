"""Pages whose URL is a secret: appeals and invitations."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.generic import View

from moderation.lib.errors import GavelError

#: Keep the URL out of other sites' logs, caches and search engines.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


class SecretPage(View):
    """A page behind a link; anyone with the link can open it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            answer = super().dispatch(request, *args, **kwargs)
        except GavelError as error:
            answer = self.refusal(error)
        for name, value in HEADERS.items():
            answer.headers[name] = value
        return answer

    def refusal(self, error: GavelError) -> HttpResponse:
        """Return the page for a link that does not work."""
        raise NotImplementedError
