"""Show what a service refuses as a message, in place of an error's page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin

from moderation.lib.errors import GavelError


class ShowsRefusals(ModelAdmin):  # type: ignore[misc]
    """A list and its page of deletion; the reason stands above the list."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            response: HttpResponse = super().changelist_view(request, extra_context)
        except GavelError as error:
            return self._refused(request, error)
        return response

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            response: HttpResponse = super().delete_view(request, object_id, extra_context)
        except GavelError as error:
            return self._refused(request, error)
        return response

    def _refused(self, request: HttpRequest, error: GavelError) -> HttpResponse:
        self.message_user(request, error.detail, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())
