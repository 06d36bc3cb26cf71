"""What somebody sees who was invited: join with the account they have, or with a new one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from moderation import invitations
from moderation.access import allow_sign_in
from moderation.errors import GavelError, Invalid
from moderation.invitations import InvitationOver, MemberAlready
from moderation.models import Invitation, InvitationState, Membership, Role
from moderation.pages.forms import HouseForm
from moderation.pages.secret import SecretPage
from moderation.pages.shell import frame_of
from moderation.pages.signing import address_of

#: What awaits who joins.
MAY = {
    Role.VIEWER: "You read all that is here and change nothing.",
    Role.MODERATOR: "You decide in the queue, and read all that is here.",
    Role.ADMIN: "You run the project: words, policy, bans, members and keys.",
    Role.OWNER: "You run the project, and say who else owns it.",
}
#: Title and sentence of a link that leads nowhere, by how that came.
OVER = {
    InvitationState.ACCEPTED: (
        "This invitation was used already",
        "Each link works once. If it was you who used it, sign in; else ask {name} for another.",
    ),
    InvitationState.REVOKED: (
        "This invitation was taken back",
        "Ask {name}, or another admin of {project}, if you think that it still holds.",
    ),
    InvitationState.EXPIRED: (
        "This invitation has expired",
        "It held until {day}. Ask {name} for another.",
    ),
}


class JoinForm(HouseForm):
    username = forms.CharField(
        max_length=150,
        label="Name",
        help_text="You sign in with it, and colleagues see it. Letters, digits and @ . + - _",
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        strip=False,
        help_text="At least 12 characters.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        strip=False,
        label="Password again",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if "password" in typed and "again" in typed and typed["password"] != typed["again"]:
            self.add_error("again", "The two passwords differ.")
        return typed


class InvitationLink(SecretPage):
    """GET, POST /invitations/{token}"""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = invitations.look(token, self.person, timezone.now())
        return self.show(invitation, token, JoinForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if self.person is not None:
            return self.welcome(invitations.accept(token, self.person, now=timezone.now()))
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
            member = invitations.join(token, name, password, now=timezone.now())
        except InvitationOver:
            raise
        except GavelError as error:
            form.refuse(error if isinstance(error, Invalid) else Invalid("username", error.detail))
            return self.show(invitation, token, form, error.status)
        login(self.request, member.user)
        return self.welcome(member)

    def welcome(self, member: Membership) -> HttpResponse:
        project = member.project
        role = member.get_role_display().lower()
        messages.success(self.request, f"Welcome to {project.name}: you are {role} here.")
        return redirect("desk:queue", project.slug)

    def show(
        self, invitation: Invitation, token: str, form: JoinForm, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {
            "invitation": invitation,
            "project": invitation.project,
            "form": form,
            "person": self.person,
            "may": MAY[Role(invitation.role)],
            "sign_in": redirect_to_login(invitations.link_path(token))["Location"],
        }
        return self.page("moderation/invitation.html", {**context, **more}, status)

    def refusal(self, error: GavelError) -> HttpResponse:
        context: dict[str, Any] = {"title": "No such invitation", "why": error.detail}
        if isinstance(error, MemberAlready):
            context = {"title": "You are a member already", "project": error.project}
        elif isinstance(error, InvitationOver):
            context = told_of(error.invitation)
        return self.page("moderation/invitation_over.html", context, error.status)

    def page(self, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        frame = frame_of(self.request) if self.person else {}
        return render(self.request, template, {**frame, **context}, status=status)


def told_of(invitation: Invitation) -> dict[str, Any]:
    """Return the title and the sentence of an invitation that is over."""
    title, why = OVER[invitation.state(timezone.now())]
    words = {
        "name": invitation.invited_by,
        "project": invitation.project.name,
        "day": f"{invitation.expires_at:%-d %B %Y}",
    }
    return {"title": title, "why": why.format(**words)}
