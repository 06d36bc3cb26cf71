"""The members of a project and their roles."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from moderation.accounts.invitations import LIFETIME_DAYS, LONGEST_DAYS, offer
from moderation.accounts.members import change_role, dismiss, leave
from moderation.accounts.permissions import may
from moderation.lib.errors import GavelError
from moderation.lib.highlight import kind_name, kind_title, lazy_title
from moderation.lib.languages import gettext_lazy, lazy_format
from moderation.models import Membership, Project, Role
from moderation.pages import refusals
from moderation.pages.confirmation import ConfirmationPage, Question
from moderation.pages.forms import ConsoleForm
from moderation.pages.shell import ProjectPage, person_of
from moderation.queries.people import members_of, open_invitations

ROLES = {
    Role.VIEWER: gettext_lazy("Can read everything and change nothing."),
    Role.MODERATOR: gettext_lazy("Can also decide in the queue and try texts."),
    Role.ADMIN: gettext_lazy("Can also manage words, policy, bans, members and keys."),
    Role.OWNER: gettext_lazy("Can also add and remove owners."),
}
#: Members on the page; the search by name finds the others.
MOST_MEMBERS = 200


def in_small_letters(text: str) -> str:
    return str(text).lower()


#: For a sentence after a colon.
lower = lazy(in_small_letters, str)


def role_field(*, with_owner: bool) -> forms.ChoiceField:
    roles = [role for role in Role if with_owner or role != Role.OWNER]
    choices = [
        (role.value, lazy_format("{role}: {may}", role=lazy_title(role), may=lower(ROLES[role])))
        for role in roles
    ]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, initial=Role.MODERATOR)


class MemberForm(ConsoleForm):
    username = forms.CharField(max_length=150, label=gettext_lazy("Username"))
    days = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=LIFETIME_DAYS,
        label=gettext_lazy("Valid for (days)"),
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
            "roles": [(role, kind_title(role), ROLES[role]) for role in Role],
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
        messages.success(
            request,
            _("If {name} has an account here, they now see your invitation.").format(name=name),
        )
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
            messages.error(request, refusals.in_words(error.detail))
        else:
            messages.success(
                request,
                _("{get_username} is now {role}.").format(
                    get_username=member.user.get_username(), role=kind_name(role)
                ),
            )
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
                title=_("Remove {name}").format(name=name),
                sentences=[
                    _("{name} loses all access to {name_2} within seconds.").format(
                        name=name, name_2=self.project.name
                    ),
                    _("Their account, decisions and notes remain."),
                ],
                verb=_("Remove"),
                back=self.back,
                page=_("Settings"),
            )
        )

    def post(self, request: HttpRequest, member_id: int) -> HttpResponse:
        member = self.member(member_id)
        try:
            dismiss(self.caller, member)
        except GavelError as error:
            messages.error(request, refusals.in_words(error.detail))
            return redirect(self.back)
        messages.success(
            request,
            _("{get_username} is no longer a member.").format(
                get_username=member.user.get_username()
            ),
        )
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
            messages.error(request, refusals.in_words(error.detail))
            return redirect(self.back)
        messages.success(
            request, _("You are no longer a member of {name}.").format(name=self.project.name)
        )
        return redirect("console:projects")

    @property
    def back(self) -> str:
        return reverse("console:settings", args=[self.project.slug])


def leaving(project: Project, *, back: str) -> Question:
    return Question(
        title=_("Leave {name}").format(name=project.name),
        sentences=[
            _("You lose all access to {name} within seconds.").format(name=project.name),
            _("Your account, decisions and notes remain."),
        ],
        verb=_("Leave project"),
        back=back,
        page=_("Settings"),
    )
