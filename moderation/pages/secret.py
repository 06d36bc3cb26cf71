"""Pages whose very address is the secret: appeals and invitations."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.generic import View

from moderation.errors import GavelError

#: No other page learns the address, nothing keeps it, nothing finds it.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


class SecretPage(View):
    """A page behind a link; whoever has the link may open it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            answer = super().dispatch(request, *args, **kwargs)
        except GavelError as error:
            answer = self.refusal(error)
        for name, value in HEADERS.items():
            answer.headers[name] = value
        return answer

    def refusal(self, error: GavelError) -> HttpResponse:
        """Return what the page shows where the link leads nowhere."""
        raise NotImplementedError
