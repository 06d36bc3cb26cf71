"""Projects, their people, keys and policies in the admin."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from moderation.accounts.keys import create_key, revoke_key
from moderation.accounts.members import change_role, dismiss, set_role
from moderation.accounts.projects import change_project, create_project
from moderation.admin.base import (
    EXPORTS,
    ServiceAdmin,
    ServiceDeleteAdmin,
    acting,
    actor_of,
    projects_in_reach,
)
from moderation.admin.forms import ServiceForm
from moderation.admin.links import console_url
from moderation.engine.verdict.policy import PRESETS
from moderation.models import (
    ApiKey,
    Membership,
    ModelVersion,
    PolicyVersion,
    Preferences,
    Project,
    Scope,
)


class NewProjectForm(ServiceForm[Project]):
    preset = forms.ChoiceField(
        choices=[(name, name) for name in PRESETS],
        initial="balanced",
        widget=UnfoldAdminSelectWidget,
    )

    def perform(self) -> Project:
        return create_project(**self.cleaned_data, actor=self.actor)


class ProjectForm(ServiceForm[Project]):
    def perform(self) -> Project:
        return change_project(self.instance, self.cleaned_data, actor=self.actor)


@admin.register(Project)
class ProjectAdmin(ServiceAdmin[Project]):
    list_display = ("slug", "name", "policy_version", "ruleset_version", "created_at")
    list_filter = ("created_at",)
    search_fields = ("slug", "name")
    search_help_text = "Slug or name"
    date_hierarchy = "created_at"
    #: An export of projects is for those above the projects.
    project_path = ""
    console_page = "queue"
    add_form, add_fields = NewProjectForm, ("slug", "name", "preset")
    change_form, change_fields = ProjectForm, ("name", "is_transparency_public")

    def in_reach(self, rows: QuerySet[Project], request: HttpRequest) -> QuerySet[Project]:
        return rows.filter(pk__in=projects_in_reach(request, self.needed))

    def has_view_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        return admin.ModelAdmin.has_view_permission(self, request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only superusers: a project made here has no members yet, and nobody else would see it."""
        return request.user.is_superuser and super().has_add_permission(request)

    def get_view_on_site_url(self, obj: Project | None = None) -> str | None:
        return console_url(obj, self.console_page) if obj else None


class NewMembershipForm(ServiceForm[Membership]):
    def perform(self) -> Membership:
        member = self.instance
        return set_role(member.project, member.user, member.role, actor=self.actor)


class MembershipForm(ServiceForm[Membership]):
    def perform(self) -> Membership:
        caller = acting(self.person, self.instance.project)
        return change_role(caller, self.instance, self.cleaned_data["role"])


@admin.register(Membership)
class MembershipAdmin(ServiceDeleteAdmin[Membership]):
    list_display = ("user", "project", "role", "created_at")
    list_filter = ("role", "created_at", "project")
    list_select_related = ("user", "project")
    search_fields = ("user__username", "project__slug")
    search_help_text = "Name of the person, or project"
    date_hierarchy = "created_at"
    export_paths = ("user__username",)
    autocomplete_fields = ("project", "user")
    add_form, add_fields = NewMembershipForm, ("project", "user", "role")
    change_form, change_fields = MembershipForm, ("role",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only superusers: anybody else becomes a member by accepting an invitation."""
        return request.user.is_superuser and super().has_add_permission(request)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        assert isinstance(request.user, User)
        dismiss(acting(request.user, obj.project), obj)


@admin.register(Preferences)
class PreferencesAdmin(ServiceAdmin[Preferences]):
    list_display = ("user", "theme", "shortcuts", "veil")
    list_filter = ("theme", "shortcuts", "veil")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = "Name of the person"
    project_path = ""


class NewKeyForm(ServiceForm[ApiKey]):
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget, initial=[Scope.CHECK]
    )
    #: The new key itself.
    raw = ""

    def perform(self) -> ApiKey:
        key, self.raw = create_key(**self.cleaned_data, actor=self.actor)
        return key


@admin.register(ApiKey)
class ApiKeyAdmin(ServiceAdmin[ApiKey]):
    list_display = (
        "name", "prefix", "project", "allowed", "created_at", "last_used_at", "expires_at",
        "revoked_at",
    )  # fmt: skip
    list_filter = ("created_at", "expires_at", "revoked_at", "project")
    list_select_related = ("project",)
    search_fields = ("name", "prefix", "project__slug")
    search_help_text = "Name, first characters of the key, or project"
    date_hierarchy = "created_at"
    autocomplete_fields = ("project",)
    hidden_fields = ("digest",)
    add_form = NewKeyForm
    add_fields = ("project", "name", "scopes", "rate_per_minute", "rate_per_hour", "expires_at")
    actions = ("revoke", *EXPORTS)

    @admin.display(description="scopes")
    def allowed(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    def save_model(
        self, request: HttpRequest, obj: ApiKey, form: NewKeyForm, _change: object
    ) -> None:
        text = f"The key of {obj.name}, shown only now: {form.raw}"
        self.message_user(request, text, messages.WARNING)

    @admin.action(description="Revoke the selected keys", permissions=["act"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        rows = keys.select_related("project")
        count = sum(revoke_key(key, actor=actor_of(request)) for key in rows)
        self.message_user(request, f"Keys revoked: {count}.", messages.SUCCESS)


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ServiceAdmin[PolicyVersion]):
    list_display = ("__str__", "project", "number", "created_by", "created_at")
    list_filter = ("created_at", "project")
    list_select_related = ("project",)
    search_fields = ("project__slug", "created_by")
    search_help_text = "Project or who changed it"
    date_hierarchy = "created_at"


@admin.register(ModelVersion)
class ModelVersionAdmin(ServiceAdmin[ModelVersion]):
    list_display = ("__str__", "project", "state", "created_by", "created_at", "activated_at")
    list_filter = ("created_at", "project", "state")
    list_select_related = ("project",)
    search_fields = ("project__slug", "created_by", "activated_by")
    search_help_text = "Project, who trained it or who activated it"
    ordering = ("-id",)
    console_page = "model"
