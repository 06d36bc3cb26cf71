"""Keep a signed-in browser's session: note its use, end it when idle, know the device again."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from moderation.accounts.client_address import address_of
from moderation.accounts.sessions import begin, is_over, note_seen
from moderation.accounts.sign_in import DEVICE_SECONDS, device_of

logger = logging.getLogger(__name__)

#: With this prefix a browser takes the cookie only over HTTPS and from this very host.
DEVICE_COOKIE = "gavel-device" if settings.DEBUG else "__Host-gavel-device"


class SessionsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        # Looking at the person of every request would read the session for static files and keys.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "_auth_user_id" in request.session:
            if is_over(request.session, now):
                logout(request)
            else:
                note_seen(request.session, now)
        answer = self.get_response(request)
        if person := getattr(request, "just_signed_in", None):
            answer.set_cookie(
                DEVICE_COOKIE, device_of(person), max_age=DEVICE_SECONDS, httponly=True,
                secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
            )  # fmt: skip
        return answer


def begin_session(request: HttpRequest, user: User, **_facts: Any) -> None:
    address, device = address_of(request), request.META.get("HTTP_USER_AGENT", "")
    logger.info("Signed in", extra={"user": user.pk, "address": address})
    begin(request.session, address=address, device=device, now=timezone.now())
    request.just_signed_in = user  # type: ignore[attr-defined]


def note_failure(request: HttpRequest | None = None, **_facts: Any) -> None:
    """Log a wrong name or password, without either: people type one for the other."""
    address = address_of(request) if request else ""
    logger.warning("Sign-in failed", extra={"address": address})


user_login_failed.connect(note_failure, dispatch_uid="note failure")
# A signal, because people are signed in by our pages, by allauth's steps and by invitations.
user_logged_in.connect(begin_session, dispatch_uid="begin session")
