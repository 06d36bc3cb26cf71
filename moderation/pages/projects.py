"""Project settings: name, transparency report, deletion; and the projects that can be restored."""

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from moderation.accounts.permissions import may
from moderation.accounts.project_deletion import delete_project, restore_project
from moderation.accounts.projects import LONGEST_PROJECT_NAME, change_project
from moderation.lib.errors import GavelError
from moderation.models.projects import GRACE
from moderation.pages.confirmation import ConfirmationPage, Question
from moderation.pages.forms import ConsoleForm
from moderation.pages.shell import ProjectPage, person_of


class ProjectForm(ConsoleForm):
    name = forms.CharField(max_length=LONGEST_PROJECT_NAME)
    is_transparency_public = forms.BooleanField(
        required=False,
        label="Publish the transparency report",
        help_text="It has figures only and names nobody. If off, its page answers 404.",
    )


class ProjectSettings(ProjectPage):
    """GET, POST /p/{slug}/settings/project"""

    action = "admin"
    place = "Settings"

    def get(self, _request: HttpRequest) -> HttpResponse:
        project = self.project
        names = ("name", "is_transparency_public")
        return self.form_page(ProjectForm(initial={name: getattr(project, name) for name in names}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProjectForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        try:
            change_project(self.project, form.cleaned_data, actor=self.caller.name)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)
        messages.success(request, "Project settings saved.")
        return redirect("console:project", self.project.slug)

    def form_page(self, form: ProjectForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "tab": "project", "may_delete": may(self.caller, "own")}
        return self.render("moderation/project.html", context, status)


class DeleteForm(ConsoleForm):
    confirm = forms.CharField(max_length=63)


class DeleteProject(ConfirmationPage):
    """GET, POST /p/{slug}/settings/delete, for owners"""

    action = "own"
    place = "Settings"

    def get(self, _request: HttpRequest) -> HttpResponse:
        return self.confirm(self.question(DeleteForm()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form, name = DeleteForm(request.POST), self.project.name
        if not form.is_valid():
            return self.confirm(self.question(form), 422)
        try:
            confirm = form.cleaned_data["confirm"]
            delete_project(self.caller, confirm=confirm, now=timezone.now())
        except GavelError as error:
            form.refuse(error)
            return self.confirm(self.question(form), error.status)
        messages.success(request, f"{name} is deleted. You can restore it for {GRACE.days} days.")
        return redirect("console:projects")

    def question(self, form: DeleteForm) -> Question:
        form.fields["confirm"].label = f"Type {self.project.slug} to confirm"
        return Question(
            title=f"Delete {self.project.name}",
            sentences=[
                (
                    "It is closed at once: its keys, its members and all that is connected to it "
                    "are refused."
                ),
                (
                    f"For {GRACE.days} days an owner can restore it in the list of projects. "
                    "Then its messages, decisions, words and members are removed for good."
                ),
            ],
            verb="Delete project",
            back=reverse("console:project", args=[self.project.slug]),
            page="Settings",
            form=form,
        )


class RestoreProject(View):
    """POST /projects/{slug}/restore"""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login("/")
        try:
            project = restore_project(person_of(request), slug, now=timezone.now())
        except GavelError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, f"{project.name} is back, as it was.")
        return redirect("console:projects")
