"""A person's own settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from moderation.accounts.members import share_email
from moderation.accounts.preferences import prefer
from moderation.models import Membership, Theme, Veil
from moderation.pages.shell import ProjectPage, person_of


class MySettings(ProjectPage):
    """GET, POST /p/{slug}/settings/me"""

    place = "Settings"

    def get(self, request: HttpRequest) -> HttpResponse:
        own = Membership.objects.get(project=self.project, user=person_of(request))
        context = {"themes": Theme, "veils": Veil, "tab": "me", "shares_email": own.shares_email}
        return self.render("moderation/me.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        prefer(
            person_of(request),
            theme=request.POST.get("theme", ""),
            shortcuts=request.POST.get("shortcuts") == "on",
            veil=request.POST.get("veil", ""),
        )
        share_email(self.caller, is_shared=request.POST.get("shares_email") == "on")
        messages.success(request, _("Settings saved."))
        return redirect("console:settings", self.project.slug)
