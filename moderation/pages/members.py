"""Members: who works in the project, in which role."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from moderation import access, queries
from moderation.errors import GavelError
from moderation.identity import may
from moderation.models import Membership, Role
from moderation.pages.asking import AskingPage, Question
from moderation.pages.forms import HouseForm
from moderation.pages.shell import ProjectPage, person_of

ROLES = {
    Role.VIEWER: "Reads everything, changes nothing.",
    Role.MODERATOR: "Also decides in the queue and tries texts.",
    Role.ADMIN: "Also changes words, policy, bans, members and keys.",
    Role.OWNER: "Also makes and removes owners.",
}
#: More are found by name.
MOST_MEMBERS = 200


def role_field(*, with_owner: bool) -> forms.ChoiceField:
    roles = [role for role in Role if with_owner or role != Role.OWNER]
    choices = [(role.value, f"{role.label}: {ROLES[role].lower()}") for role in roles]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, initial=Role.MODERATOR)


class MemberForm(HouseForm):
    kind = forms.ChoiceField(
        choices=[("known", "Someone with an account here"), ("new", "Someone new")],
        widget=forms.RadioSelect,
        initial="known",
        label="Who",
    )
    username = forms.CharField(max_length=150, label="Name they sign in with")
    email = forms.EmailField(
        required=False, label="E-mail", help_text="Optional. Nothing is sent to it yet."
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
        found = queries.members_of(self.project, name)
        members = list(found[: MOST_MEMBERS + 1])
        context = {
            "tab": "members",
            "name": name,
            "members": members[:MOST_MEMBERS],
            "has_more": len(members) > MOST_MEMBERS,
            "roles": [(role, role.label, ROLES[role]) for role in Role],
            "is_owner": may(self.caller, "own"),
            "own_id": person_of(request).pk,
            "invitations": queries.open_invitations(self.project, timezone.now()),
        }
        return self.render("moderation/members.html", context)


class NewMember(ProjectPage):
    """GET, POST /p/{slug}/settings/members/new; a new account's password is shown once."""

    action = "admin"
    place = "Settings"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(MemberForm(with_owner=may(self.caller, "own")))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MemberForm(request.POST, with_owner=may(self.caller, "own"))
        if not form.is_valid():
            return self.form_page(form, 422)
        try:
            if form.cleaned_data["kind"] == "new":
                return self.admit_new(form)
            return self.admit(form)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)

    def form_page(self, form: MemberForm, status: int = 200) -> HttpResponse:
        return self.render("moderation/member_new.html", {"form": form, "tab": "members"}, status)

    def admit(self, form: MemberForm) -> HttpResponse:
        person = access.find_person(form.cleaned_data["username"])
        access.admit(self.caller, person, form.cleaned_data["role"])
        messages.success(self.request, f"{person.get_username()} is a member now.")
        return redirect("console:members", self.project.slug)

    def admit_new(self, form: MemberForm) -> HttpResponse:
        wanted = [form.cleaned_data[name] for name in ("username", "email", "role")]
        member, password = access.admit_new(self.caller, *wanted)
        context = {
            "tab": "members",
            "member": member,
            "password": password,
            "sign_in": self.request.build_absolute_uri(reverse("console:sign-in")),
        }
        answer = self.render("moderation/member_made.html", context)
        patch_cache_control(answer, no_store=True)
        return answer


class MemberPage(AskingPage):
    """An action on one member."""

    action = "admin"
    place = "Settings"

    def members(self) -> QuerySet[Membership]:
        return queries.members_of(self.project)

    def member(self, member_id: int) -> Membership:
        member = self.members().filter(pk=member_id).first()
        if member is None:
            raise Http404("There is no such member of this project.")
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
            access.change_role(self.caller, member, role)
        except GavelError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, f"{member.user.get_username()} is {role} now.")
        return redirect(self.back)


class RemoveMember(MemberPage):
    """GET, POST /p/{slug}/settings/members/{member_id}/remove"""

    def get(self, request: HttpRequest, member_id: int) -> HttpResponse:
        member = self.member(member_id)
        name = member.user.get_username()
        is_self = member.user_id == person_of(request).pk
        who = "You lose" if is_self else f"{name} loses"
        return self.ask(
            Question(
                title=f"Leave {self.project.name}" if is_self else f"Remove {name}",
                sentences=[
                    f"{who} all access to {self.project.name}, on open pages within seconds.",
                    "The account stays, and so does what it decided and wrote.",
                ],
                verb="Leave the project" if is_self else "Remove",
                back=self.back,
                page="Settings",
            )
        )

    def post(self, request: HttpRequest, member_id: int) -> HttpResponse:
        member = self.member(member_id)
        try:
            access.dismiss(self.caller, member)
        except GavelError as error:
            messages.error(request, error.detail)
            return redirect(self.back)
        messages.success(request, f"{member.user.get_username()} is no member any more.")
        is_self = member.user_id == person_of(request).pk
        return redirect("console:projects") if is_self else redirect(self.back)
