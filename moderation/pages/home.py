"""The projects of the person who is signed in."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from moderation import queries
from moderation.pages.shell import frame_of, person_of


class Projects(View):
    """GET /"""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        memberships = queries.memberships_with_figures(person_of(request))
        context = {**frame_of(request), "memberships": memberships}
        return render(request, "moderation/projects.html", context)
