"""Save the queue's filters under a name, and delete them."""

from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from moderation.lib.errors import GavelError
from moderation.pages import refusals
from moderation.pages.shell import ProjectPage
from reviews.queue import saved_filters


class SavedPage(ProjectPage):
    place = "Queue"

    def back(self, query: str) -> HttpResponse:
        address = reverse("desk:queue", args=[self.project.slug])
        return redirect(f"{address}?{query}" if query else address)


class SaveFilter(SavedPage):
    """POST /p/{slug}/queue/saved with `name`, `query` and `is_shared`"""

    def post(self, request: HttpRequest) -> HttpResponse:
        query = request.POST.get("query", "").lstrip("?")
        fields = {
            "name": request.POST.get("name", "").replace("\0", ""),
            "filters": dict(parse_qsl(query)),
            "is_shared": "is_shared" in request.POST,
        }
        try:
            saved = saved_filters.save_filter(self.caller, fields)
        except GavelError as error:
            messages.error(request, refusals.in_words(error.detail))
        else:
            messages.success(request, _("View saved as {name}.").format(name=saved.name))
        return self.back(query)


class ForgetFilter(SavedPage):
    """POST /p/{slug}/queue/saved/{filter_id}/forget"""

    def post(self, request: HttpRequest, filter_id: UUID) -> HttpResponse:
        try:
            saved_filters.delete_filter(self.caller, filter_id)
        except GavelError as error:
            messages.error(request, refusals.in_words(error.detail))
        else:
            messages.success(request, _("Saved view deleted."))
        return self.back(request.POST.get("query", "").lstrip("?"))
