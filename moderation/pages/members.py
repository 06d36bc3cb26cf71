"""The members of a project and their roles."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from moderation.accounts.invitations import LIFETIME_DAYS, LONGEST_DAYS, offer
from moderation.accounts.members import change_role, dismiss, leave
from moderation.accounts.permissions import may
from moderation.lib.errors import GavelError
from moderation.models import Membership, Project, Role
from moderation.pages.confirmation import ConfirmationPage, Question
from moderation.pages.forms import ConsoleForm
from moderation.pages.shell import ProjectPage, person_of
from moderation.queries.people import members_of, open_invitations

ROLES = {
    Role.VIEWER: "Can read everything and change nothing.",
    Role.MODERATOR: "Can also decide in the queue and try texts.",
    Role.ADMIN: "Can also manage words, policy, bans, members and keys.",
    Role.OWNER: "Can also add and remove owners.",
}
#: Members on the page; the search by name finds the others.
MOST_MEMBERS = 200


def role_field(*, with_owner: bool) -> forms.ChoiceField:
    roles = [role for role in Role if with_owner or role != Role.OWNER]
    choices = [(role.value, f"{role.label}: {ROLES[role].lower()}") for role in roles]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, initial=Role.MODERATOR)


class MemberForm(ConsoleForm):
    username = forms.CharField(max_length=150, label="Username")
    days = forms.IntegerField(
        min_value=1, max_value=LONGEST_DAYS, initial=LIFETIME_DAYS, label="Valid for (days)"
    )

    def __init__(self, *args: object, with_owner: bool, **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["role"] = role_field(with_owner=with_owner)


class Members(ProjectPage):
    """GET /p/{slug}/settings/members?name="""

    action = "admin"
    place = "Settings"

    def get(self, request: HttpRequest) -> HttpResponse:
        name = request.GET.get("name", "").replace("\0", "")[:150]
        members = list(members_of(self.project, name)[: MOST_MEMBERS + 1])
        context = {
            "tab": "members",
            "name": name,
            "members": members[:MOST_MEMBERS],
            "has_more": len(members) > MOST_MEMBERS,
            "roles": [(role, role.label, ROLES[role]) for role in Role],
            "is_owner": may(self.caller, "own"),
            "own_id": person_of(request).pk,
            "invitations": open_invitations(self.project, timezone.now()),
        }
        return self.render("moderation/members.html", context)


class NewMember(ProjectPage):
    """GET, POST /p/{slug}/settings/members/new: invite somebody who has an account."""

    action = "admin"
    place = "Settings"

    def get(self, _request: HttpRequest) -> HttpResponse:
        return self.form_page(MemberForm(with_owner=may(self.caller, "own")))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MemberForm(request.POST, with_owner=may(self.caller, "own"))
        if not form.is_valid():
            return self.form_page(form, 422)
        try:
            offered = offer(self.caller, **form.cleaned_data, now=timezone.now())
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)
        name = offered.username
        messages.success(request, f"If {name} has an account here, they now see your invitation.")
        return redirect("console:members", self.project.slug)

    def form_page(self, form: MemberForm, status: int = 200) -> HttpResponse:
        return self.render("moderation/member_new.html", {"form": form, "tab": "members"}, status)


class MemberPage(ConfirmationPage):
    """An action on one member."""

    action = "admin"
    place = "Settings"

    def members(self) -> QuerySet[Membership]:
        return members_of(self.project)

    def member(self, member_id: int) -> Membership:
        member = self.members().filter(pk=member_id).first()
        if member is None:
            raise Http404("There is no such member in this project.")
        return member

    @property
    def back(self) -> str:
        return reverse("console:members", args=[self.project.slug])


class ChangeRole(MemberPage):
    """POST /p/{slug}/settings/members/{member_id}/role"""

    def post(self, request: HttpRequest, member_id: int) -> HttpResponse:
        member = self.member(member_id)
        role = request.POST.get("role", "")
        try:
            change_role(self.caller, member, role)
        except GavelError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, f"{member.user.get_username()} is now {role}.")
        return redirect(self.back)


class RemoveMember(MemberPage):
    """GET, POST /p/{slug}/settings/members/{member_id}/remove"""

    def get(self, request: HttpRequest, member_id: int) -> HttpResponse:
        member = self.member(member_id)
        if member.user_id == person_of(request).pk:
            return self.confirm(leaving(self.project, back=self.back))
        name = member.user.get_username()
        return self.confirm(
            Question(
                title=f"Remove {name}",
                sentences=[
                    f"{name} loses all access to {self.project.name} within seconds.",
                    "Their account, decisions and notes remain.",
                ],
                verb="Remove",
                back=self.back,
                page="Settings",
            )
        )

    def post(self, request: HttpRequest, member_id: int) -> HttpResponse:
        member = self.member(member_id)
        try:
            dismiss(self.caller, member)
        except GavelError as error:
            messages.error(request, error.detail)
            return redirect(self.back)
        messages.success(request, f"{member.user.get_username()} is no longer a member.")
        is_self = member.user_id == person_of(request).pk
        return redirect("console:projects") if is_self else redirect(self.back)


class LeaveProject(ConfirmationPage):
    """GET, POST /p/{slug}/settings/leave, for every member"""

    action = "leave"
    place = "Settings"

    def get(self, _request: HttpRequest) -> HttpResponse:
        return self.confirm(leaving(self.project, back=self.back))

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            leave(self.caller)
        except GavelError as error:
            messages.error(request, error.detail)
            return redirect(self.back)
        messages.success(request, f"You are no longer a member of {self.project.name}.")
        return redirect("console:projects")

    @property
    def back(self) -> str:
        return reverse("console:settings", args=[self.project.slug])


def leaving(project: Project, *, back: str) -> Question:
    return Question(
        title=f"Leave {project.name}",
        sentences=[
            f"You lose all access to {project.name} within seconds.",
            "Your account, decisions and notes remain.",
        ],
        verb="Leave project",
        back=back,
        page="Settings",
    )
