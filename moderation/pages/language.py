"""The language of a page: the account's, else the browser's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from moderation.accounts.preferences import preferences_of
from moderation.models import Preferences

#: What programs call, and the admin, whose own texts are English.
ENGLISH = (
    "/api/", "/v1", "/perspective", "/$discovery", "/batch", "/contentsafety", "/comprehend",
    "/admin/", "/static/", "/livez", "/readyz", "/metrics",
)  # fmt: skip
#: Pages of allauth, of whose English texts the catalogue replaces some.
REWORDED = "/account/steps/"


class LanguageMiddleware:
    """Answer a page's request in the person's language; everything else stays English."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(ENGLISH):
            return self.get_response(request)
        language = language_of(request)
        # Without a language texts stay as they are: looking up English ones in the catalogues of
        # every app would take a sixth of a page's time.
        is_as_written = language == "en" and not request.path.startswith(REWORDED)
        with translation.override(None if is_as_written else language):
            answer = self.get_response(request)
        patch_vary_headers(answer, ("Accept-Language",))
        return answer


def language_of(request: HttpRequest) -> str:
    """Return the language of the account, of the choice before sign-in, or of the browser."""
    chosen = preferences_for(request).language if is_signed_in(request) else ""
    return chosen or translation.get_language_from_request(request)


def is_signed_in(request: HttpRequest) -> bool:
    """Say whether somebody is signed in, without a look at the session where there is none."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def preferences_for(request: HttpRequest) -> Preferences:
    """Return the signed-in person's preferences, read once a request."""
    known: Preferences | None = getattr(request, "preferences", None)
    if known is None:
        known = request.preferences = preferences_of(request.user)  # type: ignore[attr-defined,arg-type]
    return known
