"""A person's account, whatever the project: password, address, second steps, sessions."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.generic import View

from moderation.accounts.client_address import address_of
from moderation.accounts.passwords import change_email, change_password
from moderation.accounts.preferences import choose_clock, choose_language
from moderation.accounts.sessions import end_others, end_session, sessions_of
from moderation.accounts.sign_in import allow_sign_in
from moderation.accounts.single_sign_on import is_connected
from moderation.lib.errors import Conflict, GavelError
from moderation.lib.languages import gettext_lazy
from moderation.models.people import Clock, Language
from moderation.pages.forms import ConsoleForm, FieldValues
from moderation.pages.sessions import DEVICE_COOKIE
from moderation.pages.shell import PageContext, frame_of, person_of


def password_field(label: str, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(strip=False, label=label, widget=widget)


class PasswordForm(ConsoleForm):
    current = password_field(gettext_lazy("Current password"), "current-password")
    new = password_field(gettext_lazy("New password"), "new-password")
    again = password_field(gettext_lazy("Repeat the new password"), "new-password")

    def clean(self) -> FieldValues:
        values = self.cleaned_data
        if "new" in values and "again" in values and values["new"] != values["again"]:
            self.add_error("again", _("The passwords do not match."))
        return values


class EmailForm(ConsoleForm):
    email = forms.EmailField(
        required=False,
        label=gettext_lazy("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("A link to a new password goes there."),
    )
    password = password_field(gettext_lazy("Current password"), "current-password")


class AccountPage(View):
    """A page for the signed-in person alone, stored by nobody."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        answer = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer


class Account(AccountPage):
    """GET /account"""

    def get(self, request: HttpRequest) -> HttpResponse:
        return show(request)


class ChangePassword(AccountPage):
    """POST /account/password; ends every other session."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasswordForm(request.POST)
        if not form.is_valid():
            return show(request, 422, password_form=form)
        person = person_of(request)
        try:
            refuse_guessing(request)
            change_password(
                person, current=form.cleaned_data["current"], new=form.cleaned_data["new"]
            )
        except GavelError as error:
            form.refuse(error)
            return show(request, error.status, password_form=form)
        update_session_auth_hash(request, person)
        end_others(person, request.session.session_key)
        messages.success(request, _("Password changed. You are signed out everywhere else."))
        return redirect("console:account")


class ChangeEmail(AccountPage):
    """POST /account/email"""

    def post(self, request: HttpRequest) -> HttpResponse:
        form, person = EmailForm(request.POST), person_of(request)
        if not form.is_valid():
            return show(request, 422, email_form=form)
        try:
            refuse_guessing(request)
            if not person.check_password(form.cleaned_data["password"]):
                form.add_error("password", _("That is not your password."))
                return show(request, 422, email_form=form)
            change_email(person, email=form.cleaned_data["email"])
        except GavelError as error:
            form.refuse(error)
            return show(request, error.status, email_form=form)
        messages.success(request, _("E-mail address saved."))
        return redirect("console:account")


class ChooseClock(AccountPage):
    """POST /account/clock"""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            choose_clock(person_of(request), request.POST.get("clock", ""))
        except GavelError:
            messages.error(request, _("Choose one of the time formats."))
        else:
            messages.success(request, _("Time format saved."))
        return redirect("console:account")


class ChooseLanguage(AccountPage):
    """POST /account/language"""

    def post(self, request: HttpRequest) -> HttpResponse:
        language = request.POST.get("language", "")
        try:
            choose_language(person_of(request), language)
        except GavelError:
            messages.error(request, _("Choose one of the languages."))
            return redirect("console:account")
        with translation.override(language or translation.get_language_from_request(request)):
            messages.success(request, _("Language saved."))
        return redirect("console:account")


class EndSession(AccountPage):
    """POST /account/sessions/end: `session` is its handle, or `others`"""

    def post(self, request: HttpRequest) -> HttpResponse:
        person, wanted = person_of(request), request.POST.get("session", "")
        if wanted == "others":
            count = end_others(person, request.session.session_key)
            messages.success(request, _("Signed out elsewhere: {count}.").format(count=count))
        elif end_session(person, wanted, timezone.now()):
            messages.success(request, _("Signed out there."))
        else:
            messages.info(request, _("That session had already ended."))
        return redirect("console:account")


def refuse_guessing(request: HttpRequest) -> None:
    """Raise Conflict if somebody tries passwords in an open session."""
    device = request.COOKIES.get(DEVICE_COOKIE, "")
    if wait := allow_sign_in(address_of(request), person_of(request).get_username(), device):
        raise Conflict(_("Too many attempts. Try again in {wait} seconds.").format(wait=wait))


def show(request: HttpRequest, status: int = 200, **forms_shown: ConsoleForm) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    kinds = Authenticator.objects.filter(user=person).values_list("type", flat=True)
    context: PageContext = {
        **frame_of(request),
        "password_form": PasswordForm(),
        "email_form": EmailForm(initial={"email": person.email}, auto_id="email-%s"),
        "clocks": Clock.choices,
        "languages": Language.choices,
        "has_mail": settings.HAS_MAIL,
        "has_password": person.has_usable_password(),
        "has_sso": bool(settings.SOCIALACCOUNT_PROVIDERS),
        "is_connected": is_connected(person),
        "sso_name": settings.OIDC_NAME,
        "sessions": sessions_of(person, now),
        "own_key": request.session.session_key,
        "steps": [Authenticator.Type(kind).label for kind in dict.fromkeys(kinds)],
        **forms_shown,
    }
    return render(request, "moderation/account.html", context, status=status)
