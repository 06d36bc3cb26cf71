"""Sign in and out, and get a new password by mail."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm, SetPasswordForm
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import get_language, override
from django.views.generic import View

from moderation.accounts.client_address import address_of
from moderation.accounts.sign_in import allow_reset, allow_sign_in
from moderation.accounts.single_sign_on import REFUSALS
from moderation.models import Preferences
from moderation.pages.secret import SecretPage
from moderation.pages.sessions import DEVICE_COOKIE

_mail = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


class SignIn(views.LoginView):
    """GET, POST /login; who has set up a second step is led to it."""

    template_name = "moderation/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        device = request.COOKIES.get(DEVICE_COOKIE, "")
        name = request.POST.get("username", "")
        wait_seconds = allow_sign_in(address_of(request), name, device)
        if not wait_seconds:
            return super().post(request, *args, **kwargs)
        form = AuthenticationForm(request)
        context = self.get_context_data(form=form, wait_seconds=wait_seconds)
        answer = self.render_to_response(context, status=429)
        answer["Retry-After"] = str(wait_seconds)
        return answer

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person = form.get_user()
        login = Login(user=person, redirect_url=self.get_success_url())
        names = {"username": person.get_username()}
        answer: HttpResponse = perform_password_login(self.request, names, login)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        refused = getattr(self.request, "refused", "") or self.request.GET.get("refused", "")
        return {
            "has_mail": settings.HAS_MAIL,
            "has_sso": bool(settings.SOCIALACCOUNT_PROVIDERS),
            "sso_name": settings.OIDC_NAME,
            "refused": REFUSALS.get(refused, ""),
            **super().get_context_data(**kwargs),
        }


class SignOut(views.LogoutView):
    """POST /logout"""

    next_page = "/login"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().dispatch(request, *args, **kwargs)
        if request.method == "POST":
            answer["Clear-Site-Data"] = '"cache", "storage"'
        return answer


class AdminSignIn(View):
    """GET /admin/login/: who is signed in without a right to the admin reads so, once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return render(request, "moderation/no_admin.html", status=403)
        return redirect_to_login(request.GET.get("next", "/admin/"))


# --- A new password by mail


class MailedForm(PasswordResetForm):
    """Sends in the background: how long an answer takes does not tell whether an account exists."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Read for an unknown address too, so that both take as long.
        chosen = Preferences.objects.filter(user__email__iexact=self.cleaned_data["email"])
        self.languages = dict(chosen.values_list("user_id", "language"))
        super().save(*args, **kwargs)

    def send_mail(self, *args: Any, **options: Any) -> None:
        """Write in the language of the account, else in that of the page."""
        context = args[2]
        language = self.languages.get(context["user"].pk) or get_language() or "en"
        _mail.submit(self._send, language, *args, **options)

    def _send(self, language: str, *args: Any, **options: Any) -> None:
        with override(language):
            super().send_mail(*args, **options)


class MailedPage(SecretPage):
    """A page that exists only where mail can be sent."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.HAS_MAIL:
            raise Http404("This server sends no mail.")
        return super().dispatch(request, *args, **kwargs)


class AskForPassword(MailedPage, views.PasswordResetView):
    """GET, POST /account/reset; the answer is the same whether the account exists or not."""

    form_class = MailedForm
    template_name = "moderation/reset_ask.html"
    email_template_name = "moderation/reset_mail.txt"
    subject_template_name = "moderation/reset_mail_subject.txt"
    success_url = reverse_lazy("console:reset-sent")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (wait_seconds := allow_reset(address_of(request))):
            return super().post(request, *args, **kwargs)
        context = self.get_context_data(form=MailedForm(), wait_seconds=wait_seconds)
        answer = self.render_to_response(context, status=429)
        answer["Retry-After"] = str(wait_seconds)
        return answer


class PasswordMailed(MailedPage, views.PasswordResetDoneView):
    """GET /account/reset/sent"""

    template_name = "moderation/reset_sent.html"


class NewPassword(MailedPage, views.PasswordResetConfirmView):
    """GET, POST /account/reset/{uidb64}/{token}; second steps stay, so it signs nobody in."""

    form_class = SetPasswordForm  # type: ignore[assignment]
    template_name = "moderation/reset_new.html"
    success_url = reverse_lazy("console:sign-in")
