"""Project settings: name, transparency report, deletion; and the projects that can be restored."""

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from moderation.accounts.permissions import may
from moderation.accounts.project_deletion import delete_project, restore_project
from moderation.accounts.projects import LONGEST_PROJECT_NAME, change_project
from moderation.lib.errors import GavelError
from moderation.lib.languages import gettext_lazy
from moderation.models.projects import GRACE
from moderation.pages import refusals
from moderation.pages.confirmation import ConfirmationPage, Question
from moderation.pages.forms import ConsoleForm
from moderation.pages.shell import ProjectPage, person_of


class ProjectForm(ConsoleForm):
    name = forms.CharField(max_length=LONGEST_PROJECT_NAME)
    is_transparency_public = forms.BooleanField(
        required=False,
        label=gettext_lazy("Publish the transparency report"),
        help_text=gettext_lazy(
            "It has figures only and names nobody. If off, its page answers 404."
        ),
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
        messages.success(request, _("Project settings saved."))
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
        messages.success(
            request,
            _("{name} is deleted. You can restore it for {days} days.").format(
                name=name, days=GRACE.days
            ),
        )
        return redirect("console:projects")

    def question(self, form: DeleteForm) -> Question:
        form.fields["confirm"].label = _("Type {slug} to confirm").format(slug=self.project.slug)
        return Question(
            title=_("Delete {name}").format(name=self.project.name),
            sentences=[
                (
                    _(
                        "It is closed at once: its keys, its members and all that is connected "
                        "to it are refused."
                    )
                ),
                (
                    _(
                        "For {days} days an owner can restore it in the list of projects. Then its "
                        "messages, decisions, words and members are removed for good."
                    ).format(days=GRACE.days)
                ),
            ],
            verb=_("Delete project"),
            back=reverse("console:project", args=[self.project.slug]),
            page=_("Settings"),
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
            messages.error(request, refusals.in_words(error.detail))
        else:
            messages.success(request, _("{name} is back, as it was.").format(name=project.name))
        return redirect("console:projects")
