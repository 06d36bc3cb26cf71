"""The page behind an invitation link: join with an existing account or create one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from moderation.accounts import invitations
from moderation.accounts.client_address import address_of
from moderation.accounts.invitations import InvitationOver, MemberAlready
from moderation.accounts.sign_in import allow_sign_in
from moderation.lib.errors import GavelError, Invalid
from moderation.lib.highlight import kind_name
from moderation.lib.languages import gettext_lazy
from moderation.models import Invitation, InvitationState, Membership, Role
from moderation.pages import refusals
from moderation.pages.forms import ConsoleForm, FieldValues
from moderation.pages.secret import SecretPage
from moderation.pages.shell import PageContext, frame_of

#: What a new member can do, by role.
MAY = {
    Role.VIEWER: gettext_lazy("You can read everything and change nothing."),
    Role.MODERATOR: gettext_lazy("You can read everything and decide in the queue."),
    Role.ADMIN: gettext_lazy("You can manage the words, policy, bans, members and keys."),
    Role.OWNER: gettext_lazy("You can manage the project and its owners."),
}
#: Title and sentence of a link that no longer works, by the invitation's state.
OVER = {
    InvitationState.ACCEPTED: (
        gettext_lazy("This invitation has already been used"),
        gettext_lazy(
            "Each link works once. If you used it, sign in. If not, ask {name} for a new one."
        ),
    ),
    InvitationState.REVOKED: (
        gettext_lazy("This invitation was revoked"),
        gettext_lazy("Ask {name} or another admin of {project} for a new one."),
    ),
    InvitationState.EXPIRED: (
        gettext_lazy("This invitation has expired"),
        gettext_lazy("It was valid until {day}. Ask {name} for a new one."),
    ),
}


SHARES_EMAIL = "shares_email"


class JoinForm(ConsoleForm):
    username = forms.CharField(
        max_length=150,
        label=gettext_lazy("Username"),
        help_text=gettext_lazy(
            "You sign in with it and colleagues see it. Letters, digits and @ . + - _"
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        strip=False,
        help_text=gettext_lazy("At least 12 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        strip=False,
        label=gettext_lazy("Repeat the password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    shares_email = forms.BooleanField(
        required=False, label=gettext_lazy("Show my e-mail address to the owners of the project")
    )

    def clean(self) -> FieldValues:
        values = self.cleaned_data
        if "password" in values and "again" in values and values["password"] != values["again"]:
            self.add_error("again", _("The passwords do not match."))
        return values


class InvitationLink(SecretPage):
    """GET, POST /invitations/{token}"""

    def get(self, _request: HttpRequest, token: str) -> HttpResponse:
        invitation = invitations.look(token, self.person, timezone.now())
        return self.show(invitation, token, JoinForm())

    def post(self, _request: HttpRequest, token: str) -> HttpResponse:
        if self.person is not None:
            is_shared = SHARES_EMAIL in self.request.POST
            member = invitations.accept(
                token, self.person, shares_email=is_shared, now=timezone.now()
            )
            return self.welcome(member)
        return self.join(invitations.find_open(token, timezone.now()), token)

    @property
    def person(self) -> User | None:
        user = self.request.user
        return user if isinstance(user, User) else None

    def join(self, invitation: Invitation, token: str) -> HttpResponse:
        form = JoinForm(self.request.POST)
        wait_seconds = allow_sign_in(
            address_of(self.request), self.request.POST.get("username", "")
        )
        if wait_seconds:
            answer = self.show(invitation, token, form, 429, wait_seconds=wait_seconds)
            answer["Retry-After"] = str(wait_seconds)
            return answer
        if not form.is_valid():
            return self.show(invitation, token, form, 422)
        name, password = form.cleaned_data["username"], form.cleaned_data["password"]
        try:
            is_shared = form.cleaned_data[SHARES_EMAIL]
            member = invitations.join(
                token, name, password, shares_email=is_shared, now=timezone.now()
            )
        except InvitationOver:
            raise
        except GavelError as error:
            form.refuse(error if isinstance(error, Invalid) else Invalid("username", error.detail))
            return self.show(invitation, token, form, error.status)
        login(self.request, member.user)
        return self.welcome(member)

    def welcome(self, member: Membership) -> HttpResponse:
        project = member.project
        role = kind_name(member.role)
        messages.success(
            self.request,
            _("Welcome to {name}. Your role is {role}.").format(name=project.name, role=role),
        )
        return redirect("desk:queue", project.slug)

    def show(
        self, invitation: Invitation, token: str, form: JoinForm, status: int = 200, **more: Any
    ) -> HttpResponse:
        context: PageContext = {
            "invitation": invitation,
            "project": invitation.project,
            "form": form,
            "person": self.person,
            "may": MAY[Role(invitation.role)],
            "sign_in": redirect_to_login(invitations.link_path(token))["Location"],
        }
        return self.page("moderation/invitation.html", {**context, **more}, status)

    def refusal(self, error: GavelError) -> HttpResponse:
        context: PageContext = {
            "title": _("Invitation not found"),
            "why": refusals.in_words(error.detail),
        }
        if isinstance(error, MemberAlready):
            context = {"title": _("You are already a member"), "project": error.project}
        elif isinstance(error, InvitationOver):
            invitation = error.invitation
            title, why = OVER[invitation.state(timezone.now())]
            why = why.format(
                name=invitation.invited_by,
                project=invitation.project.name,
                day=date_format(invitation.expires_at, "j F Y"),
            )
            context = {"title": title, "why": why}
        return self.page("moderation/invitation_over.html", context, error.status)

    def page(self, template: str, context: PageContext, status: int) -> HttpResponse:
        frame = frame_of(self.request) if self.person else {}
        return render(self.request, template, {**frame, **context}, status=status)
