"""The project itself: its name, and whether everybody may read its transparency report."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from moderation import access
from moderation.access import LONGEST_PROJECT_NAME
from moderation.errors import GavelError
from moderation.pages.forms import HouseForm
from moderation.pages.shell import ProjectPage


class ProjectForm(HouseForm):
    name = forms.CharField(max_length=LONGEST_PROJECT_NAME)
    is_transparency_public = forms.BooleanField(
        required=False,
        label="Everybody may read the transparency report",
        help_text="A page of figures that names nobody. Off: its address answers 404.",
    )


class ProjectSettings(ProjectPage):
    """GET, POST /p/{slug}/settings/project"""

    action = "admin"
    place = "Settings"

    def get(self, request: HttpRequest) -> HttpResponse:
        project = self.project
        names = ("name", "is_transparency_public")
        return self.form_page(ProjectForm(initial={name: getattr(project, name) for name in names}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProjectForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        try:
            access.change_project(self.project, form.cleaned_data, actor=self.caller.name)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)
        messages.success(request, "The project's settings are kept.")
        return redirect("console:project", self.project.slug)

    def form_page(self, form: ProjectForm, status: int = 200) -> HttpResponse:
        return self.render("moderation/project.html", {"form": form, "tab": "project"}, status)
