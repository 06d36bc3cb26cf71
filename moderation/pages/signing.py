"""Sign in and out."""

from typing import Any

from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse

from moderation.access import allow_sign_in
from moderation.identity import client_address


class SignIn(views.LoginView):
    """GET, POST /login"""

    template_name = "moderation/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wait_seconds = allow_sign_in(address_of(request), request.POST.get("username", ""))
        if not wait_seconds:
            return super().post(request, *args, **kwargs)
        form = AuthenticationForm(request)
        context = self.get_context_data(form=form, wait_seconds=wait_seconds)
        answer = self.render_to_response(context, status=429)
        answer["Retry-After"] = str(wait_seconds)
        return answer


class SignOut(views.LogoutView):
    """POST /logout"""

    next_page = "/login"


def address_of(request: HttpRequest) -> str:
    meta = request.META
    return client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR"))
