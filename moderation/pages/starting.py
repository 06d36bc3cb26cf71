"""Create a project, and the three steps to its first message."""

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.generic import View

from moderation.accounts.keys import create_key
from moderation.accounts.projects import (
    LONGEST_PROJECT_NAME,
    LONGEST_SLUG,
    create_own_project,
    may_create_project,
)
from moderation.lib.errors import GavelError
from moderation.lib.languages import gettext_lazy
from moderation.models import ModerationLog, Scope
from moderation.pages.confirmation import OncePage
from moderation.pages.forms import ConsoleForm
from moderation.pages.shell import frame_of, person_of
from moderation.pages.snippets import snippets

PRESETS = (
    (
        "balanced",
        gettext_lazy("Balanced: clear cases are blocked, doubtful ones wait for a moderator"),
    ),
    ("strict", gettext_lazy("Strict: doubtful messages are hidden and bring strikes")),
    ("advisory", gettext_lazy("Advisory: nothing is hidden, and nobody gets a strike")),
)
#: A message that the queue shows, whatever the preset.
SAMPLE = {
    "message_id": "first-1",
    "user_id": "ana",
    "channel_id": "general",
    "content": "Shut up idiot",
}
#: The name of the key that the first step makes.
KEY_NAME = "My app"


class NewProjectForm(ConsoleForm):
    name = forms.CharField(
        max_length=LONGEST_PROJECT_NAME, help_text=gettext_lazy("You can change it later.")
    )
    slug = forms.CharField(
        max_length=LONGEST_SLUG,
        required=False,
        label=gettext_lazy("Short name"),
        help_text=gettext_lazy(
            "In addresses: small letters, digits and hyphens. It never changes. "
            "Leave it empty to make it from the name."
        ),
    )
    preset = forms.ChoiceField(
        choices=PRESETS,
        widget=forms.RadioSelect,
        initial="balanced",
        label=gettext_lazy("How to judge"),
    )


class NewProject(View):
    """GET, POST /projects/new"""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not may_create_project(person_of(request)):
            return self.page(request, None, 403)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, NewProjectForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewProjectForm(request.POST)
        if not form.is_valid():
            return self.page(request, form, 422)
        try:
            project = create_own_project(person_of(request), **form.cleaned_data)
        except GavelError as error:
            form.refuse(error)
            return self.page(request, form, error.status)
        return redirect("console:start", project.slug)

    def page(
        self, request: HttpRequest, form: NewProjectForm | None, status: int = 200
    ) -> HttpResponse:
        context = {**frame_of(request), "form": form}
        return render(request, "moderation/project_new.html", context, status=status)


class Start(OncePage):
    """GET, POST /p/{slug}/start: make a key, send a message, see it arrive"""

    action = "admin"
    place = "Live"

    def get(self, _request: HttpRequest) -> HttpResponse:
        return self.steps({"once": self.fresh_once()})

    def post(self, request: HttpRequest) -> HttpResponse:
        once = request.POST.get("once", "")
        if self.was_done(once):
            return redirect("console:start", self.project.slug)
        _, raw = create_key(
            self.project, name=KEY_NAME, scopes=[Scope.CHECK], actor=self.caller.name
        )
        self.note_done(once)
        url = request.build_absolute_uri("/api/v1/moderation/check")
        answer = self.steps({"raw": raw, "snippets": snippets(url, raw, SAMPLE)})
        patch_cache_control(answer, no_store=True)
        return answer

    def steps(self, more: dict[str, object]) -> HttpResponse:
        # Read first: the socket sends every later event.
        seq = self.project.last_seq
        logs = ModerationLog.objects.filter(project=self.project)
        context = {"seq": seq, "first": logs.order_by("created_at").first(), **more}
        return self.render("moderation/start.html", context)
