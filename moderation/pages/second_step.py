"""Lead people to the second step of signing in where the server asks for one."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from moderation.accounts.second_step import lacks_second_step

#: The API and sockets know such a person as a member of nothing.
PAGES = ("/p/", "/admin/")


class SecondStepMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_asked = settings.REQUIRE_SECOND_STEP and request.path.startswith(PAGES)
        if is_asked and lacks_second_step(request.user):
            messages.warning(request, _("Set up a second step of signing in first."))
            return redirect("mfa_index")
        return self.get_response(request)
