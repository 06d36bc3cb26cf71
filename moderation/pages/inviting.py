"""Invite somebody by a link, see the link this once, take it back."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from moderation import invitations
from moderation.errors import GavelError
from moderation.identity import may
from moderation.invitations import LIFETIME_DAYS, LONGEST_DAYS
from moderation.models import Invitation
from moderation.pages.asking import AskingPage, OncePage, Question
from moderation.pages.forms import HouseForm
from moderation.pages.members import role_field


class InvitationForm(HouseForm):
    email = forms.EmailField(
        required=False,
        label="For whom (e-mail)",
        help_text="Empty: for whoever you give the link to. Nothing is sent: you pass the link on.",
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=LIFETIME_DAYS,
        label="Days that the link holds",
    )
    #: A form that made a link makes no other when its page is loaded again.
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, with_owner: bool, **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["role"] = role_field(with_owner=with_owner)


class NewInvitation(OncePage):
    """GET, POST /p/{slug}/settings/invitations/new; only the POST's answer shows the link."""

    action = "admin"
    place = "Settings"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(self.form(initial={"once": self.fresh_once()}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        if self.was_done(form.cleaned_data["once"]):
            messages.warning(request, "That link was made already; a link is shown only once.")
            return redirect("console:members", self.project.slug)
        try:
            return self.make(form)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)

    def form(self, *args: object, **options: object) -> InvitationForm:
        return InvitationForm(*args, with_owner=may(self.caller, "own"), **options)

    def form_page(self, form: InvitationForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "tab": "members"}
        return self.render("moderation/invitation_new.html", context, status)

    def make(self, form: InvitationForm) -> HttpResponse:
        wanted = dict(form.cleaned_data)
        once = wanted.pop("once")
        made, token = invitations.invite(self.caller, **wanted, now=timezone.now())
        self.note_done(once)
        link = self.request.build_absolute_uri(invitations.link_path(token))
        context = {"tab": "members", "invitation": made, "link": link}
        answer = self.render("moderation/invitation_made.html", context)
        patch_cache_control(answer, no_store=True)
        return answer


class RevokeInvitation(AskingPage):
    """GET, POST /p/{slug}/settings/invitations/{invitation_id}/revoke"""

    action = "admin"
    place = "Settings"

    def get(self, request: HttpRequest, invitation_id: int) -> HttpResponse:
        invitation = self.invitation(invitation_id)
        whom = invitation.email or "whoever has the link"
        question = Question(
            title=f"Take back the invitation for {whom}",
            sentences=["The link leads nowhere from now on. Who joined by it before stays."],
            verb="Take it back",
            back=reverse("console:members", args=[self.project.slug]),
            page="Settings",
        )
        return self.ask(question)

    def post(self, request: HttpRequest, invitation_id: int) -> HttpResponse:
        invitation = self.invitation(invitation_id)
        if invitations.revoke(invitation, actor=self.caller.name, now=timezone.now()):
            messages.success(request, "The invitation is taken back.")
        else:
            messages.info(request, "That invitation was over already.")
        return redirect("console:members", self.project.slug)

    def invitation(self, invitation_id: int) -> Invitation:
        found = Invitation.objects.filter(project=self.project).select_related("project")
        invitation = found.filter(pk=invitation_id).first()
        if invitation is None:
            raise Http404("There is no such invitation in this project.")
        return invitation
