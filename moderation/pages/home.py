"""The projects of the signed-in person, and the invitations to others."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from moderation.accounts.invitations import accept_offer, decline_offer
from moderation.accounts.project_deletion import deleted_projects_of
from moderation.accounts.projects import may_create_project
from moderation.lib.errors import GavelError
from moderation.pages import refusals
from moderation.pages.shell import frame_of, person_of
from moderation.queries.people import memberships_with_figures, offers_to


class Projects(View):
    """GET /"""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        person = person_of(request)
        context = {
            **frame_of(request),
            "memberships": memberships_with_figures(person),
            "offers": offers_to(person, timezone.now()),
            "deleted": deleted_projects_of(person),
            "may_create": may_create_project(person),
        }
        return render(request, "moderation/projects.html", context)


class Answer(View):
    """POST /invitations/{invitation_id}/answer: `answer` is accept or decline"""

    def post(self, request: HttpRequest, invitation_id: int) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login("/")
        person, now = person_of(request), timezone.now()
        is_shared = request.POST.get("shares_email") == "on"
        try:
            if request.POST.get("answer") == "accept":
                member = accept_offer(invitation_id, person, shares_email=is_shared, now=now)
                messages.success(request, _("Welcome to {name}.").format(name=member.project.name))
                return redirect("desk:queue", member.project.slug)
            decline_offer(invitation_id, person, now=now)
            messages.success(request, _("Invitation declined."))
        except GavelError as error:
            messages.error(request, refusals.in_words(error.detail))
        return redirect("console:projects")
