"""A person's own settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from moderation.models import Theme, Veil
from moderation.pages.shell import ProjectPage, person_of
from moderation.preferences import prefer


class MySettings(ProjectPage):
    """GET, POST /p/{slug}/settings/me"""

    place = "Settings"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("moderation/me.html", {"themes": Theme, "veils": Veil, "tab": "me"})

    def post(self, request: HttpRequest) -> HttpResponse:
        prefer(
            person_of(request),
            theme=request.POST.get("theme", ""),
            shortcuts=request.POST.get("shortcuts") == "on",
            veil=request.POST.get("veil", ""),
        )
        messages.success(request, "Your settings are kept.")
        return redirect("console:settings", self.project.slug)
