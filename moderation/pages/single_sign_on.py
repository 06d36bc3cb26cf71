"""Sign in at an OpenID Connect provider, or by the name that a trusted proxy sends."""

import ipaddress
from collections.abc import Callable

from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from requests import RequestException

from moderation.accounts.single_sign_on import (
    account_from_outside,
    disconnect,
    refusal,
)
from moderation.lib.errors import GavelError
from moderation.pages import refusals
from moderation.pages.account import AccountPage
from moderation.pages.shell import person_of

#: Marks a session that began with the name from the proxy.
BY_PROXY = "by_proxy"
BACKEND = "django.contrib.auth.backends.ModelBackend"
#: Asked by programs, for static files and by probes: nobody signs in there.
NO_PAGES = ("/api/", "/static/", "/livez", "/readyz", "/metrics", "/v1")
LONGEST_NAME = 150


@require_POST
def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """POST /login/sso: on to the provider; `process=connect` connects the signed-in account."""
    return _at_provider(views.login, request, provider_id)


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """GET /login/sso/callback: back from the provider."""
    return _at_provider(views.callback, request, provider_id)


def _at_provider(
    view: Callable[..., HttpResponse], request: HttpRequest, provider_id: str
) -> HttpResponse:
    try:
        return view(request, provider_id)
    except (RequestException, ValueError, KeyError):  # it is away, or its answer is none
        answer: HttpResponse = refusal("failed").response
        return answer


class Disconnect(AccountPage):
    """POST /account/sso/disconnect"""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            disconnect(person_of(request))
        except GavelError as error:
            messages.error(request, refusals.in_words(error.detail))
        else:
            messages.success(request, _("Single sign-on is disconnected."))
        return redirect("console:account")


class RemoteUserMiddleware:
    """Sign in the person named by REMOTE_USER_HEADER, if a trusted proxy sent it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.REMOTE_USER_HEADER and not request.path.startswith(NO_PAGES):
            follow_proxy(request, named_by_proxy(request))
        return self.get_response(request)


def named_by_proxy(request: HttpRequest) -> str:
    """Return the name in the header; "" without one, or if it does not come from a proxy."""
    try:
        peer = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a Unix socket has no address
        return ""
    if not any(peer in network for network in settings.TRUSTED_PROXIES):
        return ""
    value = request.headers.get(settings.REMOTE_USER_HEADER, "")
    # WSGI reads headers as Latin-1.
    return value.encode("latin-1", "replace").decode(errors="replace").strip()[:LONGEST_NAME]


def follow_proxy(request: HttpRequest, name: str) -> None:
    """Make the request that person's; nobody's if the proxy no longer names one."""
    if not name:
        if request.user.is_authenticated and request.session.get(BY_PROXY):
            logout(request)
        return
    if request.user.is_authenticated:
        if request.user.get_username() == name:
            return
        logout(request)
    try:
        person = User.objects.filter(username=name).first() or account_from_outside(
            name, email="", source="proxy"
        )
    except GavelError as error:
        request.refused = error.code  # type: ignore[attr-defined]
        return
    if not person.is_active:
        request.refused = "inactive"  # type: ignore[attr-defined]
        return
    login(request, person, backend=BACKEND)
    request.session[BY_PROXY] = True
