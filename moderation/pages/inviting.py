"""Create an invitation link, show it once, revoke it."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from moderation.accounts import invitations
from moderation.accounts.invitations import LIFETIME_DAYS, LONGEST_DAYS
from moderation.accounts.permissions import may
from moderation.lib.errors import GavelError
from moderation.lib.languages import gettext_lazy
from moderation.models import Invitation
from moderation.pages.confirmation import ConfirmationPage, OncePage, Question
from moderation.pages.forms import ConsoleForm
from moderation.pages.members import role_field


class InvitationForm(ConsoleForm):
    email = forms.EmailField(
        required=False,
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy(
            "Optional: who the link is for. You share the link; Gavel sends no e-mail."
        ),
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=LIFETIME_DAYS,
        label=gettext_lazy("Valid for (days)"),
    )
    #: Reloading the answer must not create a second link.
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, with_owner: bool, **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["role"] = role_field(with_owner=with_owner)


class NewInvitation(OncePage):
    """GET, POST /p/{slug}/settings/invitations/new; only the POST's answer shows the link."""

    action = "admin"
    place = "Settings"

    def get(self, _request: HttpRequest) -> HttpResponse:
        return self.form_page(self.form(initial={"once": self.fresh_once()}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        if self.was_done(form.cleaned_data["once"]):
            messages.warning(request, _("That link already exists. A link is shown only once."))
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


class RevokeInvitation(ConfirmationPage):
    """GET, POST /p/{slug}/settings/invitations/{invitation_id}/revoke"""

    action = "admin"
    place = "Settings"

    def get(self, _request: HttpRequest, invitation_id: int) -> HttpResponse:
        invitation = self.invitation(invitation_id)
        name = invitation.email or _("anyone with the link")
        question = Question(
            title=_("Revoke the invitation for {name}").format(name=name),
            sentences=[_("The link stops working at once.")],
            verb=_("Revoke"),
            back=reverse("console:members", args=[self.project.slug]),
            page=_("Settings"),
        )
        return self.confirm(question)

    def post(self, request: HttpRequest, invitation_id: int) -> HttpResponse:
        invitation = self.invitation(invitation_id)
        if invitations.revoke(invitation, actor=self.caller.name, now=timezone.now()):
            messages.success(request, _("Invitation revoked."))
        else:
            messages.info(request, _("That invitation had already ended."))
        return redirect("console:members", self.project.slug)

    def invitation(self, invitation_id: int) -> Invitation:
        invitations_here = Invitation.objects.filter(project=self.project)
        invitation = invitations_here.select_related("project").filter(pk=invitation_id).first()
        if invitation is None:
            raise Http404("There is no such invitation in this project.")
        return invitation
